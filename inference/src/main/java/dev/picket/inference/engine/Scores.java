package dev.picket.inference.engine;

/**
 * What a scorer made of a text.
 *
 * @param values one a label, in the task's order; not yet calibrated, perhaps not finite
 * @param labelMass the raw probability on all labels together; NaN where the scoring knows of no other answers
 */
@SuppressWarnings("ArrayRecordComponent") // one a text, on the hot path, never compared
record Scores(float[] values, float labelMass) {
    /** Scores of a distribution over the labels alone. */
    static Scores of(float[] values) {
        return new Scores(values, Float.NaN);
    }
}
