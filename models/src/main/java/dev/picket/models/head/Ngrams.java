package dev.picket.models.head;

import dev.picket.inference.codec.Scoring;
import dev.picket.inference.engine.WideFeatures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The buckets of hashed n-grams that enough training texts have, numbered in their order. */
final class Ngrams {
    /** As the n-gram baselines of the field have it: words and pairs of them, three and four characters. */
    static final Scoring.Wide SHAPE = new Scoring.Wide(1 << 18, 2, 3, 4, 4096);

    private static final int LEAST_TEXTS = 2;
    /** Their rows have length 1, those of the states the root of their width; this evens out what one L2 does to both. */
    static final float SCALE = 8;

    private final WideFeatures features = new WideFeatures(SHAPE);
    private final int[] buckets;
    private final Map<Integer, Integer> places = new HashMap<>();

    /** @param most how many are kept, those of the most texts */
    Ngrams(List<String> texts, int most) {
        int[] counts = new int[SHAPE.buckets()];
        for (String text : texts) {
            boolean[] seen = new boolean[1];
            features.of(text, (bucket, _) -> {
                counts[bucket]++;
                seen[0] = true;
            });
        }
        List<Integer> often = new ArrayList<>();
        for (int bucket = 0; bucket < counts.length; bucket++) {
            if (counts[bucket] >= LEAST_TEXTS) {
                often.add(bucket);
            }
        }
        often.sort(Comparator.<Integer>comparingInt(bucket -> -counts[bucket]).thenComparing(bucket -> bucket));
        buckets =
                often.stream().limit(most).mapToInt(Integer::intValue).sorted().toArray();
        for (int place = 0; place < buckets.length; place++) {
            places.put(buckets[place], place);
        }
    }

    /** Ascending, as head.safetensors lists them. */
    int[] buckets() {
        return buckets.clone();
    }

    /** Adds one text's places and values to lists. */
    void of(String text, List<int[]> allPlaces, List<float[]> allValues) {
        int[] at = new int[2 * text.length() * 4 + 16];
        float[] value = new float[at.length];
        int[] count = {0};
        features.of(text, (bucket, weight) -> {
            Integer place = places.get(bucket);
            if (place != null && count[0] < at.length) {
                at[count[0]] = place;
                value[count[0]++] = (float) weight * SCALE;
            }
        });
        allPlaces.add(Arrays.copyOf(at, count[0]));
        allValues.add(Arrays.copyOf(value, count[0]));
    }
}
