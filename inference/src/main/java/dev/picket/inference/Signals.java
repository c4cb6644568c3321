package dev.picket.inference;

import org.jspecify.annotations.Nullable;

/**
 * What a run said beside its answer, for the drift watch.
 *
 * @param tokens of the text alone, without the prompt
 * @param characters of the text, in UTF-16 units; 0 for one that lost its middle, whose tokens speak for a part of it only
 * @param labelMass the raw probability of all label words together, 0 to 1; null where the scoring has no words
 * @param distance of the last hidden state to the nearest label's centroid, as 1 less the cosine, 0 to 2; null where the
 *     task ships no centroids
 */
public record Signals(
        int tokens,
        int characters,
        @Nullable Double labelMass,
        @Nullable Double distance) {
    /** Of an answer that says nothing more. */
    public static final Signals NONE = new Signals(0, 0, null, null);

    /** Null where it was not measured. */
    public @Nullable Double tokensPerCharacter() {
        return characters == 0 ? null : (double) tokens / characters;
    }
}
