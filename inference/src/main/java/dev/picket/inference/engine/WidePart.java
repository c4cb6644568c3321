package dev.picket.inference.engine;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.Safetensors;
import dev.picket.inference.codec.Scoring;
import java.io.IOException;
import java.util.List;

/** The wide half of a head: a few weights a label for some buckets of {@link WideFeatures}, nothing for the others. */
final class WidePart {
    private static final String BUCKETS = "wide.buckets";
    private static final String WEIGHT = "wide.weight";

    private final WideFeatures features;
    /** By bucket the row of its weights plus one; 0 for none. */
    private final int[] rows;

    private final float[] weights;

    private WidePart(WideFeatures features, int[] rows, float[] weights) {
        this.features = features;
        this.rows = rows;
        this.weights = weights;
    }

    /** Reads {@code wide.buckets} I32 [n], ascending, and {@code wide.weight} [n, labels]. */
    static WidePart load(Safetensors head, Scoring.Wide shape, int labels) throws BadArtefactException, IOException {
        int[] buckets = head.wholes(BUCKETS);
        FloatTensor weight = head.floats(WEIGHT);
        if (!weight.shape().equals(List.of((long) buckets.length, (long) labels))) {
            throw new BadArtefactException("head.safetensors: '" + WEIGHT + "' has shape " + weight.shape() + ", ["
                    + buckets.length + ", " + labels + "] is needed.");
        }
        HeadScorer.requireFinite(WEIGHT, weight.values());
        int[] rows = new int[shape.buckets()];
        int before = -1;
        for (int i = 0; i < buckets.length; i++) {
            if (buckets[i] <= before || buckets[i] >= shape.buckets()) {
                throw new BadArtefactException("head.safetensors: '" + BUCKETS + "' holds " + buckets[i] + " behind "
                        + before + ", ascending numbers below " + shape.buckets() + " are needed.");
            }
            before = buckets[i];
            rows[before] = i + 1;
        }
        return new WidePart(new WideFeatures(shape), rows, weight.values());
    }

    /** Adds its share to each label's score. */
    void addTo(double[] scores, String text) {
        features.of(text, (bucket, value) -> {
            int row = rows[bucket] - 1;
            for (int label = 0; row >= 0 && label < scores.length; label++) {
                scores[label] += weights[row * scores.length + label] * value;
            }
        });
    }
}
