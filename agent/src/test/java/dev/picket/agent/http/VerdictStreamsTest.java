package dev.picket.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.HttpConfig;
import dev.picket.agent.read.LiveVerdicts;
import io.micronaut.http.sse.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

class VerdictStreamsTest {
    @Test
    void openPagesDoNotKeepOthersWaiting() throws Exception {
        int pages = Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE + 1;
        VerdictStreams streams = streams(pages);
        List<Disposable> open = new ArrayList<>();
        try {
            for (int i = 0; i < pages; i++) {
                open.add(streams.open().orElseThrow().subscribe());
            }
            CountDownLatch health = new CountDownLatch(1);
            open.add(Schedulers.boundedElastic().schedule(health::countDown));
            assertThat(health.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(streams.open()).isEmpty();
        } finally {
            open.forEach(Disposable::dispose);
            streams.close();
        }
    }

    @Test
    void aResponseThatNobodyReadsTakesNoPlace() {
        VerdictStreams streams = streams(1);
        try {
            assertThat(streams.open()).isPresent();
            Flux<Event<?>> second = streams.open().orElseThrow();
            Flux<Event<?>> late = streams.open().orElseThrow();
            Disposable reading = second.subscribe();
            assertThat(streams.open()).isEmpty();
            assertThat(late.collectList().block(Duration.ofSeconds(30)))
                    .as("its place went to another")
                    .isEmpty();
            reading.dispose();
        } finally {
            streams.close();
        }
    }

    private static VerdictStreams streams(int pages) {
        HttpConfig config = new HttpConfig("::1", 0, List.of(), pages, 1);
        return new VerdictStreams(new LiveVerdicts(), new VerdictViews(config), config);
    }
}
