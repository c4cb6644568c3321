package dev.picket.agent.read;

import dev.picket.sensors.Reading;
import dev.picket.sensors.Sink;
import dev.picket.sensors.Source;
import dev.picket.sensors.SourceCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Readings that were written before a standing clock's now, each by its own time; ids and positions count from 1. */
final class AgedSource implements Source {
    private final String name;
    private final Instant now;
    private final List<Duration> ages;
    private final int from;
    private final CountDownLatch more = new CountDownLatch(1);
    private volatile @Nullable Instant waiting;
    private volatile boolean stops;

    AgedSource(String name, Instant now, List<Duration> ages, Optional<String> position) {
        this.name = name;
        this.now = now;
        this.ages = ages;
        this.from = position.map(Integer::parseInt).orElse(0);
    }

    /** Holds the second reading and those behind it until {@link #goOn}. */
    AgedSource stopping() {
        stops = true;
        return this;
    }

    void goOn() {
        more.countDown();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run(Sink sink) throws InterruptedException {
        for (int i = from; i < ages.size(); i++) {
            if (stops && i == 1) {
                more.await();
            }
            waiting = now.minus(ages.get(i));
            String id = Integer.toString(i + 1);
            sink.accept(new Reading(name, id, now, name + " " + id, false, Map.of()), id);
        }
        waiting = null;
    }

    @Override
    public Optional<Instant> waitingSince() {
        return Optional.ofNullable(waiting);
    }

    @Override
    public String trouble() {
        return "";
    }

    @Override
    public SourceCounts counts() {
        return new SourceCounts(0, 0, 0);
    }
}
