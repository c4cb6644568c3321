package dev.picket.agent.http;

import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.status.AgentStatus;
import dev.picket.agent.status.StatusView;
import dev.picket.agent.support.SupportBundle;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.sse.Event;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;

/** What the page and the command line read. */
@Controller("/api")
final class ApiController {
    private static final int MAX_VERDICTS = 1_000;
    private static final long MAX_BUNDLE_BYTES = 16L << 20;

    private final StatusView status;
    private final Journal journal;
    private final VerdictStreams streams;
    private final VerdictViews views;
    private final SupportBundle bundle;

    ApiController(
            StatusView status, Journal journal, VerdictStreams streams, VerdictViews views, SupportBundle bundle) {
        this.status = status;
        this.journal = journal;
        this.streams = streams;
        this.views = views;
        this.bundle = bundle;
    }

    @Get("/status")
    @ExecuteOn(TaskExecutors.BLOCKING)
    AgentStatus status() {
        return status.now();
    }

    /** A POST, so that the token is asked for: it shows more than the page does. */
    @Post("/support-bundle")
    @ExecuteOn(TaskExecutors.BLOCKING)
    String supportBundle() {
        return bundle.collect(MAX_BUNDLE_BYTES).toString();
    }

    /** The latest verdicts, newest first. */
    @Get("/verdicts")
    @ExecuteOn(TaskExecutors.BLOCKING)
    List<VerdictView> verdicts(@QueryValue(defaultValue = "50") int max) throws JournalUnavailableException {
        return journal.latest(Math.clamp(max, 1, MAX_VERDICTS)).stream()
                .map(PendingVerdict::verdict)
                .map(views::of)
                .toList();
    }

    /** Verdicts as they come; a beat now and then lets both sides notice a dead line. */
    @Get(uri = "/verdicts/stream", produces = MediaType.TEXT_EVENT_STREAM)
    HttpResponse<?> stream() {
        Optional<Flux<Event<?>>> events = streams.open();
        if (events.isEmpty()) {
            return PlainRefusal.of(
                    HttpStatus.SERVICE_UNAVAILABLE, "Too many pages are open; close one, or raise http.max-streams.");
        }
        return HttpResponse.ok(events.get()).contentType(MediaType.TEXT_EVENT_STREAM_TYPE);
    }
}
