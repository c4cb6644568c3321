package dev.picket.inference.engine;

import dev.picket.inference.codec.Scoring;
import java.util.Arrays;

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
        NormalisedText normalised = new NormalisedText(bounded(text));
        tell(words(normalised), sink);
        tell(characters(normalised), sink);
    }

    private String bounded(String text) {
        int most = shape.maxTextCharacters();
        if (text.length() <= most) {
            return PromptEncoder.wellFormed(text);
        }
        int head = (most + 1) / 2;
        return PromptEncoder.wellFormed(text.substring(0, head) + text.substring(text.length() - (most - head)));
    }

    /** The hash of a gram goes on from that of the gram a word shorter, so none is ever made a string. */
    private int[] words(NormalisedText text) {
        Buckets buckets = new Buckets(text.words() * shape.words());
        for (int first = 0; first < text.words(); first++) {
            long hash = NormalisedText.hashed(FNV_OFFSET, 'w');
            int end = Math.min(text.words(), first + shape.words());
            for (int word = first; word < end; word++) {
                long before = word == first ? hash : NormalisedText.hashed(hash, ' ');
                hash = text.hashedWord(before, word);
                buckets.add(hash);
            }
        }
        return buckets.sorted();
    }

    private int[] characters(NormalisedText text) {
        Buckets buckets = new Buckets(text.points() * shape.maxCharacters());
        for (int first = 0; first < text.points(); first++) {
            long hash = NormalisedText.hashed(FNV_OFFSET, 'c');
            int end = Math.min(text.points(), first + shape.maxCharacters());
            for (int point = first; point < end; point++) {
                hash = text.hashed(hash, point, point + 1);
                if (point - first + 1 >= shape.minCharacters()) {
                    buckets.add(hash);
                }
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
        return count == 1 ? 1 : 1 + Math.log(count);
    }

    /** Buckets with repetitions. */
    private final class Buckets {
        private final int[] all;
        private int count;

        Buckets(int most) {
            all = new int[most];
        }

        void add(long hash) {
            all[count++] = (int) (hash ^ hash >>> Integer.SIZE) & (shape.buckets() - 1);
        }

        int[] sorted() {
            int[] filled = Arrays.copyOf(all, count);
            Arrays.sort(filled);
            return filled;
        }
    }
}
