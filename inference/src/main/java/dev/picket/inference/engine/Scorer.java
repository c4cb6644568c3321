package dev.picket.inference.engine;

/** Makes one score a label out of one output of the graph at the last token. */
sealed interface Scorer permits HeadScorer, VerbaliserScorer {
    /** The graph's output that is asked for. */
    String output();

    /**
     * One score a label, in the task's order; not yet calibrated, perhaps not finite.
     *
     * @param last the output's row at the last token
     */
    float[] score(float[] last);
}
