package dev.picket.agent.update;

import dev.picket.inference.ClassificationException;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.exam.ExamRow;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How fast a candidate answers beside the Set that serves: both are asked the same texts in turns, so that whatever else
 * the machine does meets both alike.
 *
 * @param p95Nanos the candidate's 95th percentile
 * @param ratio to the incumbent's; 1 where there is none
 */
record Latency(long p95Nanos, double ratio) {
    private static final int MAX_TEXTS = 100;
    private static final double PERCENTILE = 0.95;

    /**
     * @throws ClassificationException when one of the two cannot answer
     */
    static Latency measure(Classifier candidate, @Nullable Classifier incumbent, String task, List<ExamRow> rows)
            throws ClassificationException {
        int texts = Math.min(MAX_TEXTS, rows.size());
        long[] ours = new long[texts];
        long[] theirs = new long[texts];
        boolean compare = incumbent != null && incumbent.tasks().contains(task);
        for (int i = 0; i < texts; i++) {
            String text = rows.get(i * rows.size() / texts).text();
            ours[i] = candidate.classify(task, text).latencyNanos();
            if (incumbent != null && compare) {
                theirs[i] = incumbent.classify(task, text).latencyNanos();
            }
        }
        long p95 = percentile(ours);
        return new Latency(p95, compare ? (double) p95 / Math.max(1, percentile(theirs)) : 1);
    }

    Duration p95() {
        return Duration.ofNanos(p95Nanos);
    }

    private static long percentile(long[] nanos) {
        Arrays.sort(nanos);
        return nanos[Math.min(nanos.length - 1, (int) (nanos.length * PERCENTILE))];
    }
}
