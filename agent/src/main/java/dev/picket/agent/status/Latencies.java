package dev.picket.agent.status;

import dev.picket.agent.judge.Judge;
import dev.picket.agent.judge.JudgingFailedException;
import dev.picket.agent.judge.NotServingException;
import dev.picket.inference.Classification;
import dev.picket.inference.Decision;
import dev.picket.inference.Stage;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** A judge that notes how long the latest answers took, and how many were escalated. */
public final class Latencies implements Judge {
    private static final int KEPT = 512;

    private final Judge judge;
    private final AtomicLongArray nanos = new AtomicLongArray(KEPT);
    private final AtomicLong runs = new AtomicLong();
    private final LongAdder firstStage = new LongAdder();
    private final LongAdder cached = new LongAdder();
    private final AtomicLong escalated = new AtomicLong();

    public Latencies(Judge judge) {
        this.judge = judge;
    }

    @Override
    public Set<String> tasks() {
        return judge.tasks();
    }

    @Override
    public List<String> labels(String task) {
        return judge.labels(task);
    }

    @Override
    public Classification judge(String task, String text) throws NotServingException, JudgingFailedException {
        Classification answer = judge.judge(task, text);
        if (answer.cached()) {
            cached.increment();
        } else {
            nanos.set((int) (runs.getAndIncrement() % KEPT), answer.latencyNanos());
            firstStage.add(answer.stage() == Stage.FIRST ? 1 : 0);
        }
        if (answer.decision() instanceof Decision.Escalate) {
            escalated.incrementAndGet();
        }
        return answer;
    }

    /** Texts of this start that the base answered in a run. */
    public long main() {
        return runs.get() - firstStage.sum();
    }

    /** Texts of this start that a first stage answered in a run. */
    public long firstStage() {
        return firstStage.sum();
    }

    /** Texts of this start that were answered from the cache. */
    public long cached() {
        return cached.sum();
    }

    /** Verdicts of this start that a person should see. */
    public long escalated() {
        return escalated.get();
    }

    /** The median over the latest texts that were run, milliseconds; 0 before the first. */
    public double medianMillis() {
        int kept = (int) Math.min(KEPT, runs.get());
        if (kept == 0) {
            return 0;
        }
        long[] sorted = new long[kept];
        Arrays.setAll(sorted, nanos::get);
        Arrays.sort(sorted);
        return sorted[kept / 2] / 1e6;
    }
}
