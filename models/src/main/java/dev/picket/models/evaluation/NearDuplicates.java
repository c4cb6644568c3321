package dev.picket.models.evaluation;

import dev.picket.models.task.TextKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds texts that say nearly the same: of their {@link TextKey}s at least {@value #LEAST_LIKENESS} of the pieces of five
 * characters are common (Jaccard). Candidates are those that agree in one of 12 bands of 4 minimum hashes (Broder 1997, "On the
 * resemblance and containment of documents"; bands: Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", section 3.4),
 * and each candidate is compared in full. At the least likeness a pair is missed once in 600.
 *
 * <p>Work and memory are bounded: a text counts with its first characters, a bucket keeps a few texts of each side, and the index takes so
 * many texts and no more.
 */
final class NearDuplicates {
    static final double LEAST_LIKENESS = 0.8;
    private static final int PIECE = 5;
    private static final int BANDS = 12;
    private static final int HASHES_PER_BAND = 4;
    private static final int MAX_BUCKET = 24;
    private static final int MAX_BUCKET_OF_SIDE = 4;
    private static final long SEED = 0x9E3779B97F4A7C15L;

    private final int maxTexts;
    private final int maxCharacters;
    private final List<String> keys = new ArrayList<>();
    private final List<Integer> sides = new ArrayList<>();
    private final List<Integer> lines = new ArrayList<>();
    private final Map<Long, List<Integer>> buckets = new HashMap<>();

    /**
     * @param maxTexts in the index
     * @param maxCharacters of a text that count
     */
    NearDuplicates(int maxTexts, int maxCharacters) {
        this.maxTexts = maxTexts;
        this.maxCharacters = maxCharacters;
    }

    /**
     * A text that is in the index.
     *
     * @param side it came from
     * @param likeness to the text asked about, 0 to 1
     */
    record Match(int side, int line, double likeness) {}

    /**
     * Takes a text into the index.
     *
     * @param side where it is from: of a split, a group
     * @return false where the index is full
     */
    boolean add(String text, int side, int line) {
        if (keys.size() == maxTexts) {
            return false;
        }
        int place = keys.size();
        keys.add(key(text));
        sides.add(side);
        lines.add(line);
        for (long band : bands(keys.getLast())) {
            List<Integer> bucket = buckets.computeIfAbsent(band, _ -> new ArrayList<>(1));
            long same = bucket.stream().filter(each -> sides.get(each) == side).count();
            if (bucket.size() < MAX_BUCKET && same < MAX_BUCKET_OF_SIDE) {
                bucket.add(place);
            }
        }
        return true;
    }

    /**
     * The text of another side that is most like this one; null where none is like enough.
     *
     * @param side whose texts do not count
     */
    @Nullable
    Match find(String text, int side) {
        String key = key(text);
        Set<Long> pieces = pieces(key);
        Set<Integer> seen = new HashSet<>();
        Match best = null;
        for (long band : bands(key)) {
            for (int place : buckets.getOrDefault(band, List.of())) {
                if (sides.get(place) != side && seen.add(place)) {
                    double likeness = likeness(pieces, pieces(keys.get(place)));
                    if (likeness >= LEAST_LIKENESS && (best == null || likeness > best.likeness())) {
                        best = new Match(sides.get(place), lines.get(place), likeness);
                    }
                }
            }
        }
        return best;
    }

    /** Texts in the index. */
    int size() {
        return keys.size();
    }

    private String key(String text) {
        return TextKey.of(text.length() <= maxCharacters ? text : text.substring(0, maxCharacters));
    }

    private static Set<Long> pieces(String key) {
        Set<Long> pieces = new HashSet<>();
        for (int i = 0; i == 0 || i + PIECE <= key.length(); i++) {
            long hash = 1;
            for (int j = i; j < Math.min(i + PIECE, key.length()); j++) {
                hash = mixed(hash * 31 + key.charAt(j));
            }
            pieces.add(hash);
        }
        return pieces;
    }

    private static double likeness(Set<Long> left, Set<Long> right) {
        long common = left.stream().filter(right::contains).count();
        return (double) common / (left.size() + right.size() - common);
    }

    private static long[] bands(String key) {
        long[] least = new long[BANDS * HASHES_PER_BAND];
        Arrays.fill(least, Long.MAX_VALUE);
        for (long piece : pieces(key)) {
            for (int i = 0; i < least.length; i++) {
                least[i] = Math.min(least[i], mixed(piece + (i + 1) * SEED));
            }
        }
        long[] bands = new long[BANDS];
        for (int band = 0; band < BANDS; band++) {
            long hash = band;
            for (int i = 0; i < HASHES_PER_BAND; i++) {
                hash = mixed(hash * 31 + least[band * HASHES_PER_BAND + i]);
            }
            bands[band] = hash;
        }
        return bands;
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
    private static long mixed(long value) {
        long z = value + SEED;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
