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
    /** One bit a bucket: whether it has weights. A table of rows would take 32 times as much, and out of the processor's cache. */
    private final long[] known;

    /** By word of {@link #known} how many buckets before it have weights. */
    private final int[] before;

    private final float[] weights;

    private WidePart(WideFeatures features, long[] known, float[] weights) {
        this.features = features;
        this.known = known;
        this.before = new int[known.length];
        for (int i = 1; i < known.length; i++) {
            before[i] = before[i - 1] + Long.bitCount(known[i - 1]);
        }
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
        long[] known = new long[Math.ceilDiv(shape.buckets(), Long.SIZE)];
        int before = -1;
        for (int i = 0; i < buckets.length; i++) {
            if (buckets[i] <= before || buckets[i] >= shape.buckets()) {
                throw new BadArtefactException("head.safetensors: '" + BUCKETS + "' holds " + buckets[i] + " behind "
                        + before + ", ascending numbers below " + shape.buckets() + " are needed.");
            }
            before = buckets[i];
            known[before / Long.SIZE] |= 1L << before;
        }
        return new WidePart(new WideFeatures(shape), known, weight.values());
    }

    /** Adds its share to each label's score. */
    void addTo(double[] scores, String text) {
        features.of(text, (bucket, value) -> {
            int row = row(bucket);
            for (int label = 0; row >= 0 && label < scores.length; label++) {
                scores[label] += weights[row * scores.length + label] * value;
            }
        });
    }

    /** The place of a bucket's weights, -1 where it has none. */
    private int row(int bucket) {
        long word = known[bucket / Long.SIZE];
        long bit = 1L << bucket;
        return (word & bit) == 0 ? -1 : before[bucket / Long.SIZE] + Long.bitCount(word & (bit - 1));
    }
}
