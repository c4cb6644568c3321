package dev.picket.agent.http;

import dev.picket.agent.overlay.Overlays;
import dev.picket.agent.overlay.Reload;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.List;
import java.util.Map;

/** Where {@code picket reload} has the configuration read anew: the agent starts again within its process, or goes on as it was. */
@Controller("/api/reload")
final class ReloadController {
    private final Overlays overlays;
    private final Restarts restarts;

    ReloadController(Overlays overlays, Restarts restarts) {
        this.overlays = overlays;
        this.restarts = restarts;
    }

    @Post
    @ExecuteOn(TaskExecutors.BLOCKING)
    HttpResponse<?> reload() {
        return switch (overlays.reload()) {
            case Reload.Nothing _ -> HttpResponse.ok(Map.of("changed", List.of()));
            case Reload.Refused(String sentence) -> PlainRefusal.of(HttpStatus.UNPROCESSABLE_ENTITY, sentence);
            case Reload.Change(List<String> sections) -> {
                restarts.soon();
                yield HttpResponse.ok(Map.of("changed", sections));
            }
        };
    }
}
