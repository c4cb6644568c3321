package dev.picket.agent.read;

import dev.picket.agent.journal.Attempt;
import dev.picket.agent.judge.Judge;
import dev.picket.sensors.Reading;
import dev.picket.sensors.Sink;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where one source hands its readings in, on its own thread; it waits here while something behind it does. */
final class Intake implements Sink {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    private final Route route;
    private final Judge judge;
    private final Onward onward;
    private final AtomicInteger underWay;
    private final LowWater lowWater;
    private final Attempts attempts;
    private final Attempt before;
    private final Duration retryAfter;
    private final Function<String, String> hold;
    private final Clock clock;
    private final CatchUp catchUp;
    /** How many readings more are judged alone; only the source's thread changes it. */
    private int careful;

    private volatile String trouble = "";
    private volatile boolean ended;

    /** Where an intake's readings go. */
    interface Onward {
        /** Waits until there is room for it among those to be judged. */
        void judge(Item item) throws InterruptedException;

        /** Settles one that is not judged. */
        void drop(Item item) throws InterruptedException;
    }

    Intake(
            Route route,
            Judge judge,
            Onward onward,
            AtomicInteger underWay,
            Attempts attempts,
            Attempt before,
            int careful,
            PipelineLimits limits,
            Function<String, String> hold,
            Clock clock) {
        this.route = route;
        this.judge = judge;
        this.onward = onward;
        this.underWay = underWay;
        this.attempts = attempts;
        this.before = before;
        this.careful = careful;
        this.lowWater = new LowWater(limits.inFlight());
        this.retryAfter = limits.retryAfter();
        this.hold = hold;
        this.clock = clock;
        this.catchUp = new CatchUp(route.behind());
    }

    /** Reads until the source ends or the thread is interrupted. */
    void run() {
        try {
            route.source().run(this);
        } catch (InterruptedException e) {
            LOG.debug("Source '{}' was stopped", name());
        } catch (RuntimeException e) {
            trouble = "Source '" + name() + "' has stopped by a fault of the agent (" + e + "); restart the agent.";
            LOG.error(trouble, e);
        } finally {
            ended = true;
        }
    }

    @Override
    public void accept(Reading reading, String after) throws InterruptedException {
        Instant since = route.source().waitingSince().orElse(reading.at());
        awaitRelease();
        awaitServing();
        String dropped = reading.text().isBlank() ? "" : catchUp.reason(Duration.between(since, clock.instant()));
        if (!dropped.isEmpty()) {
            onward.drop(item(reading, after, since, false, dropped));
            return;
        }
        if (careful == 0) {
            onward.judge(item(reading, after, since, false, ""));
            return;
        }
        careful--;
        attempts.begin();
        try {
            boolean crashed = !reading.text().isBlank() && attempts.isLast(reading, before);
            if (crashed) {
                LOG.error(
                        "Reading {} of source '{}' was being judged whenever the agent died; it gets FAILED(crash)",
                        reading.id(),
                        name());
            }
            Item item = item(reading, after, since, crashed, "");
            onward.judge(item);
            lowWater.awaitPassed(item.ticket());
        } finally {
            attempts.end();
        }
    }

    private Item item(Reading reading, String after, Instant since, boolean crashed, String dropped)
            throws InterruptedException {
        LowWater.Ticket ticket = lowWater.take(reading.id(), after, since);
        underWay.incrementAndGet();
        return new Item(this, reading, ticket, crashed, dropped, catchUp.oneOf());
    }

    /** The reading as it is to be settled now that its turn has come: dropped where it has waited too long meanwhile. */
    Item atTurn(Item item) {
        if (item.crashed() || item.reading().text().isBlank()) {
            return item;
        }
        Duration age = Duration.between(item.ticket().at(), clock.instant());
        String dropped = catchUp.reasonAtTurn(age, item.oneOf());
        return dropped.isEmpty() ? item : item.dropped(dropped);
    }

    /** How far it is behind: by the oldest reading between it and the disk, else by what waits in it. */
    SourceLag lag() {
        Instant now = clock.instant();
        Duration lag = Stream.of(lowWater.oldest(), route.source().waitingSince())
                .flatMap(Optional::stream)
                .map(since -> Duration.between(since, now))
                .reduce(Duration.ZERO, (a, b) -> a.compareTo(b) >= 0 ? a : b);
        return new SourceLag(name(), lag, lag.isZero() ? "" : catchUp.told());
    }

    private void awaitRelease() throws InterruptedException {
        for (String why = hold.apply(name()); !why.isEmpty(); why = hold.apply(name())) {
            trouble = "Source '" + name() + "' waits: " + why + ".";
            Thread.sleep(retryAfter);
        }
    }

    private void awaitServing() throws InterruptedException {
        Set<String> served = judge.tasks();
        while (!served.containsAll(route.tasks())) {
            List<String> missing = route.tasks().stream()
                    .filter(task -> !judge.tasks().contains(task))
                    .toList();
            trouble = "Source '" + name() + "' waits: no Set serves " + String.join(", ", missing) + " now.";
            Thread.sleep(retryAfter);
            served = judge.tasks();
        }
        if (!trouble.isEmpty()) {
            trouble = "";
        }
    }

    String name() {
        return route.source().name();
    }

    Route route() {
        return route;
    }

    /** What its route waits for in vain. */
    Stream<String> warnings() {
        return route.warnings(judge).stream();
    }

    LowWater lowWater() {
        return lowWater;
    }

    boolean ended() {
        return ended;
    }

    /** Why its readings wait; empty while they are judged. */
    String waits() {
        return trouble;
    }

    String trouble() {
        return trouble.isEmpty() ? route.source().trouble() : trouble;
    }
}
