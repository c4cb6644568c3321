package dev.picket.agent.status;

import dev.picket.agent.judge.Judge;
import dev.picket.agent.judge.JudgingFailedException;
import dev.picket.agent.judge.NotServingException;
import dev.picket.inference.Classification;
import dev.picket.inference.Decision;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** A judge that notes how long the latest answers took, and how many were escalated. */
public final class Latencies implements Judge {
    private static final int KEPT = 512;

    private final Judge judge;
    private final AtomicLongArray nanos = new AtomicLongArray(KEPT);
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong escalated = new AtomicLong();

    public Latencies(Judge judge) {
        this.judge = judge;
    }

    @Override
    public Set<String> tasks() {
        return judge.tasks();
    }

    @Override
    public Classification judge(String task, String text) throws NotServingException, JudgingFailedException {
        Classification answer = judge.judge(task, text);
        nanos.set((int) (answers.getAndIncrement() % KEPT), answer.latencyNanos());
        if (answer.decision() instanceof Decision.Escalate) {
            escalated.incrementAndGet();
        }
        return answer;
    }

    /** Verdicts of this start that a person should see. */
    public long escalated() {
        return escalated.get();
    }

    /** The median over the latest answers, milliseconds; 0 before the first. */
    public double medianMillis() {
        int kept = (int) Math.min(KEPT, answers.get());
        if (kept == 0) {
            return 0;
        }
        long[] sorted = new long[kept];
        Arrays.setAll(sorted, nanos::get);
        Arrays.sort(sorted);
        return sorted[kept / 2] / 1e6;
    }
}
