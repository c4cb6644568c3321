package dev.picket.agent.read;

import dev.picket.agent.journal.Batch;
import dev.picket.agent.journal.Drop;
import dev.picket.agent.journal.Outcome;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.pulse.Pulse;
import dev.picket.inference.Decision;
import dev.picket.inference.drift.Observation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one writer: takes judged readings, and makes them durable in groups with the positions that they allow. A group
 * is closed by its number of readings, by its time, or because nothing more is under way that it could wait for.
 */
final class Commits {
    private static final long IDLE_MILLIS = 50;

    final LongAdder readings = new LongAdder();
    final LongAdder verdicts = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder commits = new LongAdder();

    private final Committer committer;
    private final LiveVerdicts live;
    private final Consumer<List<Observation>> seen;
    private final PipelineLimits limits;
    private final AtomicInteger underWay;
    /** Bounded by what all sources may have in flight. */
    private final BlockingQueue<Judged> judged = new LinkedBlockingQueue<>();

    private volatile boolean closing;

    /**
     * @param seen told of what was answered once it is on disk
     * @param underWay how many readings are queued or being judged; counted down here
     */
    Commits(
            Committer committer,
            LiveVerdicts live,
            Consumer<List<Observation>> seen,
            PipelineLimits limits,
            AtomicInteger underWay) {
        this.committer = committer;
        this.live = live;
        this.seen = seen;
        this.limits = limits;
        this.underWay = underWay;
    }

    void take(Judged reading) {
        judged.add(reading);
        underWay.decrementAndGet();
    }

    /** Commits until closed and empty, or interrupted. */
    void run() throws InterruptedException {
        while (true) {
            Pulse.beat();
            Judged first = judged.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
            if (first != null) {
                commit(group(first));
            } else if (closing) {
                return;
            }
        }
    }

    /** No more is taken after this; what was is committed, then {@link #run} returns. */
    void close() {
        closing = true;
        committer.giveUp();
    }

    private List<Judged> group(Judged first) throws InterruptedException {
        List<Judged> group = new ArrayList<>();
        group.add(first);
        long end = System.nanoTime() + limits.commitDelay().toNanos();
        while (group.size() < limits.commitRows()) {
            judged.drainTo(group, limits.commitRows() - group.size());
            long left = end - System.nanoTime();
            if (left <= 0 || underWay.get() == 0) {
                break;
            }
            Judged next = judged.poll(Math.min(left, TimeUnit.MILLISECONDS.toNanos(1)), TimeUnit.NANOSECONDS);
            addIfAny(group, next);
        }
        return group;
    }

    private static void addIfAny(List<Judged> group, @Nullable Judged next) {
        if (next != null) {
            group.add(next);
        }
    }

    private void commit(List<Judged> group) throws InterruptedException {
        Map<Intake, List<Judged>> bySource = new LinkedHashMap<>();
        for (Judged reading : group) {
            bySource.computeIfAbsent(reading.item().intake(), _ -> new ArrayList<>())
                    .add(reading);
        }
        List<Outcome> settled = new ArrayList<>();
        List<Outcome> ahead = new ArrayList<>();
        List<Batch.Place> caughtUp = new ArrayList<>();
        Map<String, String> positions = new HashMap<>();
        bySource.forEach((intake, readings) -> {
            LowWater.Mark mark = intake.lowWater()
                    .settle(readings.stream()
                            .map(reading -> reading.item().ticket())
                            .toList());
            if (mark.position() != null) {
                positions.put(intake.name(), mark.position());
            }
            mark.caughtUp().forEach(id -> caughtUp.add(new Batch.Place(intake.name(), id)));
            for (Judged reading : readings) {
                boolean above = mark.ahead().contains(reading.item().ticket());
                (above ? ahead : settled).addAll(reading.outcomes());
            }
        });
        committer.append(new Batch(settled, ahead, caughtUp, positions, Map.of()));
        count(group);
        bySource.keySet().forEach(intake -> intake.lowWater().pass());
    }

    private void count(List<Judged> group) {
        List<Verdict> shown = new ArrayList<>();
        for (Judged reading : group) {
            for (Outcome outcome : reading.outcomes()) {
                switch (outcome) {
                    case Verdict verdict -> {
                        shown.add(verdict);
                        verdicts.increment();
                        failed.add(verdict.decision() instanceof Decision.Failed ? 1 : 0);
                    }
                    case Drop _ -> dropped.increment();
                }
            }
        }
        readings.add(group.size());
        commits.increment();
        live.show(shown);
        seen.accept(group.stream().flatMap(each -> each.seen().stream()).toList());
    }
}
