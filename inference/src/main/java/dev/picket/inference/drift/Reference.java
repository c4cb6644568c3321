package dev.picket.inference.drift;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What texts looked like at first, by source. A window is compared with the baseline's texts in the window's own mix of sources
 * (direct standardisation), so a machine that is silent at the weekend is no drift, and each source is compared with itself. A
 * source that the baseline hardly knows is compared with all of it.
 */
final class Reference {
    private static final int LEAST_PER_SOURCE = 30;

    private final int labels;
    private final Map<String, Tally> bySource = new LinkedHashMap<>();

    Reference(int labels, Map<String, Tally> bySource) {
        this.labels = labels;
        bySource.forEach((source, tally) -> this.bySource.put(source, tally.copy()));
    }

    void add(Map<String, Tally> seen) {
        seen.forEach((source, tally) -> {
            String kept = bySource.containsKey(source) || bySource.size() < DriftSettings.SOURCES ? source : "";
            bySource.computeIfAbsent(kept, _ -> new Tally(labels)).add(tally);
        });
    }

    void clear() {
        bySource.clear();
    }

    int texts() {
        return bySource.values().stream().mapToInt(Tally::texts).sum();
    }

    Tally all() {
        Tally all = new Tally(labels);
        bySource.values().forEach(all::add);
        return all;
    }

    Map<String, Tally> bySource() {
        return bySource;
    }

    Shares labels(Map<String, Integer> mix) {
        return mixed(mix, tally -> Shares.of(tally.labels()));
    }

    Shares of(Signal signal, Map<String, Integer> mix) {
        return mixed(mix, tally -> Shares.of(tally.bins(signal)));
    }

    /** The sources' shares weighted as in the mix; the effective size is Kish's (Kish 1965, "Survey Sampling", 11.7). */
    private Shares mixed(Map<String, Integer> mix, Function<Tally, Shares> of) {
        Shares all = of.apply(all());
        double sum = mix.values().stream().mapToInt(Integer::intValue).sum();
        double unknown = 0;
        List<Map.Entry<Shares, Double>> parts = new ArrayList<>();
        for (Map.Entry<String, Integer> each : mix.entrySet()) {
            Tally tally = bySource.get(each.getKey());
            Shares own = tally == null ? all : of.apply(tally);
            if (tally == null || own.texts() < LEAST_PER_SOURCE) {
                unknown += each.getValue() / sum;
            } else {
                parts.add(Map.entry(own, each.getValue() / sum));
            }
        }
        if (unknown > 0) {
            parts.add(Map.entry(all, unknown));
        }
        return weighted(parts, all.parts().length);
    }

    private static Shares weighted(List<Map.Entry<Shares, Double>> parts, int cells) {
        double[] mixed = new double[cells];
        double inverse = 0;
        for (Map.Entry<Shares, Double> each : parts) {
            Shares own = each.getKey();
            double weight = each.getValue();
            if (own.texts() == 0) {
                return new Shares(new double[cells], 0);
            }
            for (int i = 0; i < cells; i++) {
                mixed[i] += weight * own.parts()[i];
            }
            inverse += weight * weight / own.texts();
        }
        return new Shares(mixed, inverse > 0 ? 1 / inverse : 0);
    }
}
