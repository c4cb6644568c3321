package dev.picket.agent.update;

import dev.picket.inference.Classification;
import dev.picket.inference.Decision;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * What became of the texts since the last switch: counted, never kept. Latencies fall into bins that grow by an eighth of
 * a doubling, so a percentile is right to a tenth.
 */
final class Watch {
    private static final int BINS_PER_DOUBLING = 8;
    private static final int BINS = 48 * BINS_PER_DOUBLING;

    private final LongAdder texts = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder escalated = new LongAdder();
    private final AtomicLongArray latencies = new AtomicLongArray(BINS);

    /** The counts at one moment. */
    record Counts(long texts, long failures, long escalated) {
        static final Counts NONE = new Counts(0, 0, 0);

        Counts plus(Counts other) {
            return new Counts(texts + other.texts, failures + other.failures, escalated + other.escalated);
        }

        double escalatedShare() {
            return texts == 0 ? 0 : (double) escalated / texts;
        }
    }

    void answered(Classification answer) {
        if (answer.decision() instanceof Decision.Escalate) {
            escalated.increment();
        }
        // What looking an answer up takes says nothing of the model.
        if (!answer.cached()) {
            latencies.incrementAndGet(bin(answer.latencyNanos()));
        }
        texts.increment();
    }

    void failed() {
        failures.increment();
        texts.increment();
    }

    Counts counts() {
        return new Counts(texts.sum(), failures.sum(), escalated.sum());
    }

    /** Texts that were run, and not answered from the cache. */
    long runs() {
        long all = 0;
        for (int bin = 0; bin < BINS; bin++) {
            all += latencies.get(bin);
        }
        return all;
    }

    /** The latency that this share of runs did not exceed; 0 without runs. */
    long percentileNanos(double percentile) {
        long wanted = (long) Math.ceil(runs() * percentile);
        long below = 0;
        for (int bin = 0; bin < BINS; bin++) {
            below += latencies.get(bin);
            if (wanted > 0 && below >= wanted) {
                return Math.round(Math.pow(2, (bin + 0.5) / BINS_PER_DOUBLING));
            }
        }
        return 0;
    }

    private static int bin(long nanos) {
        double doublings = Math.log((double) Math.max(1, nanos)) / Math.log(2);
        return (int) Math.min(BINS - 1, Math.floor(doublings * BINS_PER_DOUBLING));
    }
}
