package dev.picket.agent.read;

import dev.picket.agent.journal.Attempt;
import dev.picket.agent.judge.Judge;
import dev.picket.sensors.Reading;
import dev.picket.sensors.Sink;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
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
    private final BlockingQueue<Item> queue;
    private final AtomicInteger underWay;
    private final LowWater lowWater;
    private final Attempts attempts;
    private final Attempt before;
    private final Duration retryAfter;
    private final Function<String, String> hold;
    /** How many readings more are judged alone; only the source's thread changes it. */
    private int careful;

    private volatile String trouble = "";
    private volatile boolean ended;

    Intake(
            Route route,
            Judge judge,
            BlockingQueue<Item> queue,
            AtomicInteger underWay,
            Attempts attempts,
            Attempt before,
            int careful,
            PipelineLimits limits,
            Function<String, String> hold) {
        this.route = route;
        this.judge = judge;
        this.queue = queue;
        this.underWay = underWay;
        this.attempts = attempts;
        this.before = before;
        this.careful = careful;
        this.lowWater = new LowWater(limits.inFlight());
        this.retryAfter = limits.retryAfter();
        this.hold = hold;
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
        awaitRelease();
        awaitServing();
        if (careful == 0) {
            enter(reading, after, false);
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
            lowWater.awaitPassed(enter(reading, after, crashed));
        } finally {
            attempts.end();
        }
    }

    private LowWater.Ticket enter(Reading reading, String after, boolean crashed) throws InterruptedException {
        LowWater.Ticket ticket = lowWater.take(reading.id(), after, reading.at());
        underWay.incrementAndGet();
        queue.put(new Item(this, reading, ticket, crashed));
        return ticket;
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
