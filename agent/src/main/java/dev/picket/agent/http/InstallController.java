package dev.picket.agent.http;

import dev.picket.agent.update.FolderInstalls;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where {@code picket install} orders what lies in a folder of this machine. */
@Controller("/api/installs")
final class InstallController {
    private final FolderInstalls installs;

    InstallController(FolderInstalls installs) {
        this.installs = installs;
    }

    @Post
    @ExecuteOn(TaskExecutors.BLOCKING)
    HttpResponse<?> begin(
            @QueryValue String folder,
            @QueryValue @Nullable String set,
            @QueryValue(defaultValue = "false") boolean downgrade,
            @QueryValue(defaultValue = "false") boolean again)
            throws InterruptedException {
        try {
            Path path = Path.of(folder);
            if (!path.isAbsolute()) {
                return PlainRefusal.of(HttpStatus.BAD_REQUEST, "'folder' must be an absolute path");
            }
            return HttpResponse.ok(Map.of("order", installs.begin(path, set, downgrade, again)));
        } catch (InvalidPathException e) {
            return PlainRefusal.of(HttpStatus.BAD_REQUEST, "'folder' is no path: " + e.getReason());
        } catch (RejectedException e) {
            return PlainRefusal.of(HttpStatus.UNPROCESSABLE_ENTITY, e.getMessage());
        } catch (UnavailableException e) {
            return PlainRefusal.of(HttpStatus.CONFLICT, e.getMessage());
        }
    }

    @Get("/{order}")
    @ExecuteOn(TaskExecutors.BLOCKING)
    HttpResponse<?> progress(String order) throws InterruptedException {
        Optional<FolderInstalls.Progress> progress = installs.progress(order);
        return progress.isPresent()
                ? HttpResponse.ok(progress.get())
                : PlainRefusal.of(
                        HttpStatus.NOT_FOUND,
                        "there is no such order; the agent was restarted since, see 'picket status'");
    }
}
