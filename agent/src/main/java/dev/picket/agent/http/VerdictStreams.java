package dev.picket.agent.http;

import dev.picket.agent.config.HttpConfig;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.read.LiveVerdicts;
import io.micronaut.http.sse.Event;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Verdicts as server-sent events, for a bounded number of pages; a page that reads too slowly misses some. */
@Singleton
final class VerdictStreams {
    private static final int BUFFERED = 256;
    /** A beat when nothing comes lets both sides notice a dead line. */
    private static final Duration BEAT = Duration.ofSeconds(2);

    private final LiveVerdicts live;
    private final VerdictViews views;
    private final Semaphore places;
    /** A thread a page, of its own: those that everybody shares would soon all wait for verdicts. */
    private final Scheduler threads;

    VerdictStreams(LiveVerdicts live, VerdictViews views, HttpConfig config) {
        this.live = live;
        this.views = views;
        this.places = new Semaphore(config.maxStreams());
        this.threads = Schedulers.newBoundedElastic(config.maxStreams(), config.maxStreams(), "picket-page", 60, true);
    }

    /** The verdicts from now on; none when too many pages are open. */
    Optional<Flux<Event<?>>> open() {
        return places.availablePermits() == 0 ? Optional.empty() : Optional.of(Flux.defer(this::follow));
    }

    /** Takes the place only here, since a response whose page has gone is never subscribed to. */
    private Flux<Event<?>> follow() {
        if (!places.tryAcquire()) {
            // Another page came in between; this one finds its stream ended, and asks again.
            return Flux.empty();
        }
        return Flux.using(
                        () -> live.watch(BUFFERED),
                        // The first beat at once: until something comes, a page does not know that it is connected.
                        viewer -> Flux.<Event<?>>generate(sink -> next(viewer, sink))
                                .startWith(beat()),
                        LiveVerdicts.Viewer::close)
                .subscribeOn(threads)
                .doFinally(_ -> places.release());
    }

    private static Event<?> beat() {
        return Event.of("").name("beat");
    }

    @PreDestroy
    void close() {
        threads.dispose();
    }

    private void next(LiveVerdicts.Viewer viewer, SynchronousSink<Event<?>> sink) {
        try {
            Verdict verdict = viewer.next(BEAT);
            sink.next(verdict == null ? beat() : Event.of(views.of(verdict)).name("verdict"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            sink.complete();
        }
    }
}
