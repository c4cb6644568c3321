package dev.picket.inference.engine;

/** Who waits for an answer: when all runs of a base are taken, the first of these goes first. */
public enum Lane {
    /** Somebody who asked and looks at the screen. */
    INTERACTIVE,
    /** Readings from sources. */
    BACKGROUND,
    /** Exam and shadow of a Set that does not serve yet. */
    TRIAL
}
