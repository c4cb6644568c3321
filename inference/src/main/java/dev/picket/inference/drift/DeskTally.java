package dev.picket.inference.drift;

import dev.picket.inference.codec.DriftBaseline;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the desk saw, in the bins of the gateway: between two quantiles texts are taken to lie evenly. */
public final class DeskTally {
    private DeskTally() {}

    public static Tally of(DriftBaseline baseline) {
        int[] labels = baseline.labels().stream().mapToInt(Integer::intValue).toArray();
        int texts = 0;
        for (int count : labels) {
            texts += count;
        }
        Map<Signal, int[]> bins = new EnumMap<>(Signal.class);
        for (Signal signal : Signal.values()) {
            List<Double> quantiles = switch (signal) {
                case CONFIDENCE -> baseline.confidence();
                case DISTANCE -> baseline.distance();
                case TOKENS_PER_CHARACTER -> baseline.tokensPerCharacter();
                case LABEL_MASS -> baseline.labelMass();
            };
            if (!quantiles.isEmpty()) {
                bins.put(signal, bins(signal, quantiles, texts));
            }
        }
        return new Tally(labels, bins);
    }

    private static int[] bins(Signal signal, List<Double> quantiles, int texts) {
        double[] places = quantiles.stream().mapToDouble(signal::place).toArray();
        int[] bins = new int[Signal.BINS];
        long below = 0;
        for (int bin = 0; bin < bins.length; bin++) {
            long through = bin == bins.length - 1 ? texts : Math.round(texts * share(places, bin + 1));
            bins[bin] = (int) (through - below);
            below = through;
        }
        return bins;
    }

    /** The share of texts that lie before a place. */
    private static double share(double[] places, double at) {
        int last = places.length - 1;
        int i = last;
        while (i >= 0 && places[i] >= at) {
            i--;
        }
        if (i < 0) {
            return 0;
        }
        return i == last ? 1 : (i + (at - places[i]) / (places[i + 1] - places[i])) / last;
    }
}
