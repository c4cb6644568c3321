package dev.picket.inference.codec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a task turns what the graph gives into one score a label. */
public sealed interface Scoring {
    /**
     * A float32 matrix and bias, applied to {@code hidden} at the last token.
     *
     * @param wide what is added to its logits; null without a wide part
     */
    record Head(@Nullable Wide wide) implements Scoring {
        /** Without a wide part. */
        public Head() {
            this(null);
        }
    }

    /**
     * Sparse weights over hashed n-grams of the text, added to the head's logits (wide and deep: Cheng et al. 2016). The
     * weights lie in {@code head.safetensors}.
     *
     * @param buckets of the hash, a power of two
     * @param words the longest n-gram of words; 0 for none
     * @param minCharacters the shortest n-gram of characters
     * @param maxCharacters the longest; 0 for none
     * @param maxTextCharacters of a longer text the first and the last half of them count
     */
    record Wide(int buckets, int words, int minCharacters, int maxCharacters, int maxTextCharacters) {
        /** The only way of making features that this version knows. */
        static final String FEATURES = "ngrams-1";
    }

    /**
     * The logits of words, one a label.
     *
     * @param words in label order
     */
    record Verbaliser(List<Word> words) implements Scoring {
        public Verbaliser {
            words = List.copyOf(words);
        }
    }

    /** The base's own classification output. */
    record Classifier() implements Scoring {}

    /**
     * What a label is called in a verbaliser.
     *
     * @param text as it follows the prompt, leading space included
     * @param tokens its ids, checked against the tokenizer at load
     */
    record Word(String text, List<Integer> tokens) {
        public Word {
            tokens = List.copyOf(tokens);
        }
    }

    /** {@code head}, {@code verbaliser} or {@code classifier}. */
    default String wireName() {
        return switch (this) {
            case Head _ -> "head";
            case Verbaliser _ -> "verbaliser";
            case Classifier _ -> "classifier";
        };
    }
}
