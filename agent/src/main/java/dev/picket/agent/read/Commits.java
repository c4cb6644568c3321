package dev.picket.agent.read;

import dev.picket.agent.journal.Drop;
import dev.picket.agent.journal.Outcome;
import dev.picket.agent.journal.Verdict;
import dev.picket.inference.Decision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
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
    private final PipelineLimits limits;
    private final AtomicInteger underWay;
    /** Bounded by what all sources may have in flight. */
    private final BlockingQueue<Judged> judged = new LinkedBlockingQueue<>();

    private volatile boolean closing;

    /**
     * @param underWay how many readings are queued or being judged; counted down here
     */
    Commits(Committer committer, LiveVerdicts live, PipelineLimits limits, AtomicInteger underWay) {
        this.committer = committer;
        this.live = live;
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
        Map<Intake, List<LowWater.Ticket>> tickets = new HashMap<>();
        List<Outcome> outcomes = new ArrayList<>();
        for (Judged reading : group) {
            tickets.computeIfAbsent(reading.item().intake(), _ -> new ArrayList<>())
                    .add(reading.item().ticket());
            outcomes.addAll(reading.outcomes());
        }
        Map<String, String> positions = new HashMap<>();
        tickets.forEach((intake, settled) ->
                intake.lowWater().settle(settled).ifPresent(position -> positions.put(intake.name(), position)));
        committer.append(outcomes, positions, Map.of());
        count(group.size(), outcomes);
        tickets.keySet().forEach(intake -> intake.lowWater().pass());
    }

    private void count(int size, List<Outcome> outcomes) {
        List<Verdict> shown = new ArrayList<>();
        for (Outcome outcome : outcomes) {
            switch (outcome) {
                case Verdict verdict -> {
                    shown.add(verdict);
                    verdicts.increment();
                    failed.add(verdict.decision() instanceof Decision.Failed ? 1 : 0);
                }
                case Drop _ -> dropped.increment();
            }
        }
        readings.add(size);
        commits.increment();
        live.show(shown);
    }
}
