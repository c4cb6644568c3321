package dev.picket.agent.update;

import dev.picket.inference.ClassificationException;
import dev.picket.inference.engine.Classifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The 95th percentile of two classifiers on the same texts, asked in turns so that what else the machine does meets both.
 *
 * @param candidateNanos of the new one
 * @param incumbentNanos of the one that serves; equal to the other where none does
 */
record Latency(long candidateNanos, long incumbentNanos) {
    private static final double PERCENTILE = 0.95;

    double ratio() {
        return (double) candidateNanos / Math.max(1, incumbentNanos);
    }

    static Latency measure(Classifier candidate, Classifier incumbent, String task, List<String> texts)
            throws ClassificationException {
        List<Long> here = new ArrayList<>();
        List<Long> there = new ArrayList<>();
        for (String text : texts) {
            here.add(candidate.classify(task, text).latencyNanos());
            there.add(incumbent.classify(task, text).latencyNanos());
        }
        return new Latency(percentile(here), percentile(there));
    }

    static long percentile(List<Long> nanos) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
        return Arrays.stream(sorted)
                .skip((long) Math.min(sorted.length - 1, Math.floor(sorted.length * PERCENTILE)))
                .findFirst()
                .orElse(0);
    }
}
