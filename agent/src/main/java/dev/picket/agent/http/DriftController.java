package dev.picket.agent.http;

import dev.picket.agent.drift.DriftWatch;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.Map;

/** Where {@code picket drift accept} says that a drift is how things are now. */
@Controller("/api/drift")
final class DriftController {
    private final DriftWatch drift;

    DriftController(DriftWatch drift) {
        this.drift = drift;
    }

    @Post("/accept")
    @ExecuteOn(TaskExecutors.BLOCKING)
    HttpResponse<?> accept(@QueryValue String task) {
        try {
            return HttpResponse.ok(Map.of("task", task, "sentence", drift.accept(task)));
        } catch (RejectedException e) {
            return PlainRefusal.of(HttpStatus.UNPROCESSABLE_ENTITY, e.getMessage());
        } catch (UnavailableException e) {
            return PlainRefusal.of(HttpStatus.SERVICE_UNAVAILABLE, e.getMessage());
        }
    }
}
