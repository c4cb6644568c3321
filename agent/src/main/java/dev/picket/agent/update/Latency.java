package dev.picket.agent.update;

import java.util.Arrays;
import java.util.List;

/**
 * A percentile of two Sets' answers to the same texts, asked in turns so that what else the machine does meets both.
 *
 * @param candidateNanos of the new one
 * @param incumbentNanos of the one that serves
 */
record Latency(long candidateNanos, long incumbentNanos) {
    static final double P95 = 0.95;
    static final double MEDIAN = 0.5;

    static Latency of(List<Long> candidate, List<Long> incumbent, double percentile) {
        return new Latency(percentile(candidate, percentile), percentile(incumbent, percentile));
    }

    double ratio() {
        return (double) candidateNanos / Math.max(1, incumbentNanos);
    }

    static long percentile(List<Long> nanos, double percentile) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return Arrays.stream(sorted)
                .skip((long) Math.max(0, Math.min(sorted.length - 1, Math.floor(sorted.length * percentile))))
                .findFirst()
                .orElse(0);
    }
}
