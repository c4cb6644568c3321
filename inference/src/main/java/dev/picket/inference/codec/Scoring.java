package dev.picket.inference.codec;

import java.util.List;

/** How a task turns what the graph gives into one score a label. */
public sealed interface Scoring {
    /** A float32 matrix and bias, applied to {@code hidden} at the last token. */
    record Head() implements Scoring {}

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
