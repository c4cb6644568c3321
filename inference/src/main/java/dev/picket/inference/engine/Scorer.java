package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;

/** Makes one score a label out of one output of the graph. */
sealed interface Scorer permits ClassifierScorer, HeadScorer, VerbaliserScorer {
    /** The graph's output that is asked for. */
    String output();

    /** The most tokens that it runs behind a text's prompt. */
    int tokensBehind();

    /** One score a label, in the task's order. */
    Scores score(Question question) throws OrtException;
}
