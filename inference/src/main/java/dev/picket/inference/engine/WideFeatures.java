package dev.picket.inference.engine;

import dev.picket.inference.codec.Scoring;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ObjIntConsumer;

/**
 * The features {@code ngrams-1} of a text: counts of word and character n-grams, hashed (Weinberger et al. 2009, "Feature
 * Hashing for Large Scale Multitask Learning").
 *
 * <ol>
 *   <li>Lone surrogates become U+FFFD. Of a text longer than {@code maxTextCharacters} UTF-16 units the first and the
 *       last half count.
 *   <li>Lower case without a locale; each decimal digit becomes {@code 0}; each run of white space becomes one space;
 *       a space is put before and behind.
 *   <li>Words are the longest runs of letters and digits. N-grams of 1 to {@code words} of them, joined by spaces, are
 *       hashed with {@code w} before them; n-grams of {@code minCharacters} to {@code maxCharacters} code points of the
 *       whole with {@code c}.
 *   <li>The hash is FNV-1a over 64 bits of the UTF-8 bytes, its halves combined by exclusive or; the bucket is its lowest
 *       bits.
 *   <li>A bucket with count n weighs 1 + ln n, each of the two families scaled to length 1.
 * </ol>
 */
public final class WideFeatures {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final Scoring.Wide shape;

    public WideFeatures(Scoring.Wide shape) {
        this.shape = shape;
    }

    /** Takes one feature: its weight and its bucket. A bucket may come once a family. */
    @FunctionalInterface
    public interface Sink {
        void take(int bucket, double weight);
    }

    /** Tells every feature of a text; work and memory are bounded by {@code maxTextCharacters}. */
    public void of(String text, Sink sink) {
        int[] points = normalised(bounded(text));
        tell(words(points), sink);
        tell(characters(points), sink);
    }

    private String bounded(String text) {
        int most = shape.maxTextCharacters();
        if (text.length() <= most) {
            return PromptEncoder.wellFormed(text);
        }
        int head = (most + 1) / 2;
        return PromptEncoder.wellFormed(text.substring(0, head) + text.substring(text.length() - (most - head)));
    }

    private static int[] normalised(String text) {
        StringBuilder out = new StringBuilder(text.length() + 2).append(' ');
        text.toLowerCase(Locale.ROOT).codePoints().forEach(point -> {
            boolean space = Character.isWhitespace(point) || Character.isSpaceChar(point);
            if (!space) {
                out.appendCodePoint(Character.isDigit(point) ? '0' : point);
            } else if (out.charAt(out.length() - 1) != ' ') {
                out.append(' ');
            }
        });
        if (out.charAt(out.length() - 1) != ' ') {
            out.append(' ');
        }
        return out.codePoints().toArray();
    }

    private int[] words(int[] points) {
        List<String> words = new ArrayList<>();
        each(points, (word, _) -> words.add(word));
        Buckets buckets = new Buckets(words.size() * shape.words());
        for (int n = 1; n <= shape.words(); n++) {
            for (int i = 0; i + n <= words.size(); i++) {
                buckets.add("w" + String.join(" ", words.subList(i, i + n)));
            }
        }
        return buckets.sorted();
    }

    private static void each(int[] points, ObjIntConsumer<String> word) {
        int from = 0;
        for (int i = 0; i <= points.length; i++) {
            if (i == points.length || !Character.isLetterOrDigit(points[i])) {
                if (i > from) {
                    word.accept(new String(points, from, i - from), from);
                }
                from = i + 1;
            }
        }
    }

    private int[] characters(int[] points) {
        Buckets buckets = new Buckets(points.length * shape.maxCharacters());
        for (int n = shape.minCharacters(); n <= shape.maxCharacters(); n++) {
            for (int i = 0; i + n <= points.length; i++) {
                buckets.add("c" + new String(points, i, n));
            }
        }
        return buckets.sorted();
    }

    private static void tell(int[] sorted, Sink sink) {
        double squares = 0;
        for (int i = 0, next; i < sorted.length; i = next) {
            next = runEnd(sorted, i);
            squares += weight(next - i) * weight(next - i);
        }
        double length = Math.sqrt(squares);
        for (int i = 0, next; i < sorted.length; i = next) {
            next = runEnd(sorted, i);
            sink.take(sorted[i], weight(next - i) / length);
        }
    }

    private static int runEnd(int[] sorted, int from) {
        int end = from + 1;
        while (end < sorted.length && sorted[end] == sorted[from]) {
            end++;
        }
        return end;
    }

    private static double weight(int count) {
        return 1 + Math.log(count);
    }

    /** Buckets with repetitions. */
    private final class Buckets {
        private final int[] all;
        private int count;

        Buckets(int most) {
            all = new int[most];
        }

        void add(String gram) {
            long hash = FNV_OFFSET;
            for (byte each : gram.getBytes(StandardCharsets.UTF_8)) {
                hash = (hash ^ (each & 0xff)) * FNV_PRIME;
            }
            all[count++] = (int) (hash ^ hash >>> Integer.SIZE) & (shape.buckets() - 1);
        }

        int[] sorted() {
            int[] filled = Arrays.copyOf(all, count);
            Arrays.sort(filled);
            return filled;
        }
    }
}
