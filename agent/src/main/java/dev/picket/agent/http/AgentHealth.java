package dev.picket.agent.http;

import dev.picket.agent.status.AgentStatus;
import dev.picket.agent.status.StatusView;
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import jakarta.inject.Singleton;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** {@code /health}: 200 while texts are judged, 503 with the reason while they wait in their sources. */
@Singleton
final class AgentHealth implements HealthIndicator {
    private final StatusView view;

    AgentHealth(StatusView view) {
        this.view = view;
    }

    @Override
    public Publisher<HealthResult> getResult() {
        return Mono.fromCallable(this::look).subscribeOn(Schedulers.boundedElastic());
    }

    private HealthResult look() {
        AgentStatus status = view.now();
        boolean up = status.judging().equals("serving");
        return HealthResult.builder("picket", up ? HealthStatus.UP : HealthStatus.DOWN)
                .details(Map.of("judging", status.judging(), "uplink", status.uplink(), "troubles", status.troubles()))
                .build();
    }
}
