package dev.picket.inference.codec;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.BadArtefactException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a task saw at the desk, as {@code task.json} carries it: statistics, no text. The domain gap on a gateway is measured against
 * it.
 *
 * <pre>
 * "drift": {"labels": [481, 42, 35],              texts that were given each label
 *           "confidence": [q0, …, 1],             quantiles, evenly spaced from the least to the most,
 *           "distance": […],                      11 (each tenth) to 101 (each hundredth) of them;
 *           "tokensPerCharacter": […],            the last three are left out
 *           "labelMass": […]}                     where they were not measured
 * </pre>
 *
 * The centroids that {@code distance} is measured to lie beside it, see {@link TaskManifest#CENTROIDS}.
 *
 * @param labels counts in label order
 * @param confidence quantiles of the given label's calibrated probability
 * @param distance quantiles of 1 less the cosine between the last hidden state and the nearest label's centroid; empty: not measured
 * @param tokensPerCharacter quantiles, of texts that kept their middle; empty: not measured
 * @param labelMass quantiles of the raw probability of all label words together; empty: not measured
 */
public record DriftBaseline(
        List<Integer> labels,
        List<Double> confidence,
        List<Double> distance,
        List<Double> tokensPerCharacter,
        List<Double> labelMass) {
    private static final MathContext SIX_DIGITS = new MathContext(6);
    private static final int FEWEST_QUANTILES = 11;
    private static final int MOST_QUANTILES = 101;
    private static final int MOST_LABELS = 256;
    private static final double MOST_TOKENS = 1000;

    public DriftBaseline {
        labels = List.copyOf(labels);
        confidence = List.copyOf(confidence);
        distance = List.copyOf(distance);
        tokensPerCharacter = List.copyOf(tokensPerCharacter);
        labelMass = List.copyOf(labelMass);
    }

    /** The quantiles 0, 0.01 … 1 of some finite numbers; none of none. */
    public static List<Double> quantiles(List<Double> numbers) {
        if (numbers.isEmpty()) {
            return List.of();
        }
        List<Double> sorted = numbers.stream().sorted().toList();
        double step = (sorted.size() - 1) / (MOST_QUANTILES - 1.0);
        return IntStream.range(0, MOST_QUANTILES)
                .mapToObj(i -> rounded(sorted.get((int) Math.round(i * step))))
                .toList();
    }

    /** To six digits: more would be noise in a file that people read. */
    private static double rounded(double number) {
        return new BigDecimal(number).round(SIX_DIGITS).doubleValue();
    }

    static DriftBaseline parse(Fields fields, int labels) throws BadArtefactException {
        DriftBaseline drift = new DriftBaseline(
                fields.integers("labels", MOST_LABELS, 0, Integer.MAX_VALUE / MOST_LABELS),
                quantiles(fields, "confidence", 1),
                fields.has("distance") ? quantiles(fields, "distance", 2) : List.of(),
                fields.has("tokensPerCharacter") ? quantiles(fields, "tokensPerCharacter", MOST_TOKENS) : List.of(),
                fields.has("labelMass") ? quantiles(fields, "labelMass", 1) : List.of());
        if (drift.labels.size() != labels) {
            throw fields.fault(
                    "labels",
                    "has " + drift.labels.size() + " elements, one for each of the " + labels + " labels is needed");
        }
        fields.end();
        return drift;
    }

    private static List<Double> quantiles(Fields fields, String key, double most) throws BadArtefactException {
        List<Double> quantiles = fields.numbers(key, MOST_QUANTILES, 0, most);
        if (quantiles.size() < FEWEST_QUANTILES) {
            throw fields.fault(
                    key,
                    "must have " + FEWEST_QUANTILES + " to " + MOST_QUANTILES + " quantiles but has "
                            + quantiles.size());
        }
        for (int i = 1; i < quantiles.size(); i++) {
            if (quantiles.get(i) < quantiles.get(i - 1)) {
                throw fields.fault(key + "[" + i + "]", "is less than the quantile before it");
            }
        }
        return quantiles;
    }

    void write(ObjectNode node) {
        labels.forEach(node.putArray("labels")::add);
        write(node, "confidence", confidence);
        write(node, "distance", distance);
        write(node, "tokensPerCharacter", tokensPerCharacter);
        write(node, "labelMass", labelMass);
    }

    private static void write(ObjectNode node, String key, List<Double> quantiles) {
        if (!quantiles.isEmpty()) {
            ArrayNode array = node.putArray(key);
            quantiles.forEach(array::add);
        }
    }
}
