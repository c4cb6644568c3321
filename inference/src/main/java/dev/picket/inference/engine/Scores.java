package dev.picket.inference.engine;

import org.jspecify.annotations.Nullable;

/**
 * What a scorer made of a text.
 *
 * @param values one a label, in the task's order; not yet calibrated, perhaps not finite
 * @param labelMass the raw probability on all labels together; NaN where the scoring knows of no other answers
 * @param hidden the state that they were made of; null where the scorer reads none
 */
@SuppressWarnings("ArrayRecordComponent") // one a text, on the hot path, never compared
record Scores(float[] values, float labelMass, float @Nullable [] hidden) {
    /** Scores whose hidden state nobody read. */
    Scores(float[] values, float labelMass) {
        this(values, labelMass, null);
    }

    /** Scores of a distribution over the labels alone. */
    static Scores of(float[] values) {
        return new Scores(values, Float.NaN);
    }
}
