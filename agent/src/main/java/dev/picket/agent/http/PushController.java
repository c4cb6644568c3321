package dev.picket.agent.http;

import dev.picket.agent.journal.Inbox;
import dev.picket.agent.journal.InboxFullException;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.PushedReading;
import dev.picket.agent.read.InboxSource;
import dev.picket.agent.read.Inboxes;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Where readings are pushed to: they are on disk before the answer goes out. */
@Controller("/api/sources")
final class PushController {
    private static final String RETRY_SECONDS = "5";

    private final Inboxes inboxes;
    private final Clock clock = Clock.systemUTC();

    PushController(Inboxes inboxes) {
        this.inboxes = inboxes;
    }

    @Post("/{source}/readings")
    @Consumes(MediaType.ALL)
    @ExecuteOn(TaskExecutors.BLOCKING)
    HttpResponse<?> push(String source, HttpRequest<?> request, @Body byte[] body) {
        Optional<InboxSource> inbox = inboxes.of(source);
        if (inbox.isEmpty()) {
            return PlainRefusal.of(
                    HttpStatus.NOT_FOUND,
                    "no source of kind http is named '" + source + "'; there are " + inboxes.names());
        }
        try {
            PushedBody pushed = new PushedBody(
                    name -> request.getHeaders().get(name), inbox.get().maxTextBytes(), clock.instant());
            List<PushedReading> readings = pushed.readings(mediaType(request), body);
            int most = inbox.get().waiting();
            if (readings.size() > most) {
                return PlainRefusal.of(
                        HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                        "the request has " + readings.size() + " readings, and this source takes " + most + " at once");
            }
            Inbox.Receipt receipt = inbox.get().receive(readings);
            return HttpResponse.accepted()
                    .body(Map.of("accepted", receipt.accepted(), "duplicates", receipt.duplicates()));
        } catch (MalformedException e) {
            return PlainRefusal.of(HttpStatus.valueOf(e.status()), e.getMessage());
        } catch (InboxFullException | JournalUnavailableException e) {
            return PlainRefusal.of(HttpStatus.SERVICE_UNAVAILABLE, e.getMessage())
                    .header("Retry-After", RETRY_SECONDS);
        }
    }

    private static String mediaType(HttpRequest<?> request) {
        return request.getContentType()
                .map(type -> type.getType() + "/" + type.getSubtype())
                .orElse("text/plain")
                .toLowerCase(Locale.ROOT);
    }
}
