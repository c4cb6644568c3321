package dev.picket.agent.http;

import dev.picket.agent.update.Rollbacks;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.update.Ended;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where {@code picket rollback} takes the Set that runs back. */
@Controller("/api/rollbacks")
final class RollbackController {
    private final Rollbacks rollbacks;

    RollbackController(Rollbacks rollbacks) {
        this.rollbacks = rollbacks;
    }

    @Post
    @ExecuteOn(TaskExecutors.BLOCKING)
    HttpResponse<?> begin(@QueryValue @Nullable String from) throws InterruptedException {
        try {
            Optional<Ended> end = rollbacks.begin(from);
            return HttpResponse.ok(
                    end.isPresent()
                            ? Map.of(
                                    "done",
                                    true,
                                    "set",
                                    end.get().set(),
                                    "sentence",
                                    end.get().sentence())
                            : Map.of("done", false, "set", "", "sentence", "It is ordered; see 'picket status'."));
        } catch (RejectedException e) {
            return PlainRefusal.of(HttpStatus.UNPROCESSABLE_ENTITY, e.getMessage());
        } catch (UnavailableException e) {
            return PlainRefusal.of(HttpStatus.CONFLICT, e.getMessage());
        }
    }
}
