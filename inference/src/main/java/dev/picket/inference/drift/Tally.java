package dev.picket.inference.drift;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** Counts of some texts: a histogram of the labels given and one of each signal. A few kilobytes, whatever the number of texts. */
public final class Tally {
    private final int[] labels;
    private final Map<Signal, int[]> bins = new EnumMap<>(Signal.class);
    private int texts;

    public Tally(int labels) {
        this(new int[labels], Map.of());
    }

    /**
     * @param labels counts in the task's order; taken over
     * @param bins counts of each signal's bins; a signal left out was not measured
     */
    public Tally(int[] labels, Map<Signal, int[]> bins) {
        this.labels = labels;
        this.texts = Arrays.stream(labels).sum();
        for (Signal signal : Signal.values()) {
            this.bins.put(signal, bins.getOrDefault(signal, new int[Signal.BINS]));
        }
    }

    void add(Observation seen) {
        labels[seen.label()]++;
        texts++;
        for (Signal signal : Signal.values()) {
            Double value = seen.value(signal);
            if (value != null && !value.isNaN()) {
                bins(signal)[signal.bin(value)]++;
            }
        }
    }

    void add(Tally other) {
        texts += other.texts;
        plus(labels, other.labels);
        bins.forEach((signal, counts) -> plus(counts, other.bins(signal)));
    }

    private static void plus(int[] to, int[] from) {
        for (int i = 0; i < to.length; i++) {
            to[i] += from[i];
        }
    }

    public int texts() {
        return texts;
    }

    /** Counts in the task's order; not to be changed. */
    public int[] labels() {
        return labels;
    }

    /** Counts of the signal's bins, all 0 where it was not measured; not to be changed. */
    public int[] bins(Signal signal) {
        return bins.getOrDefault(signal, new int[Signal.BINS]);
    }

    Tally copy() {
        Tally copy = new Tally(labels.length);
        copy.add(this);
        return copy;
    }
}
