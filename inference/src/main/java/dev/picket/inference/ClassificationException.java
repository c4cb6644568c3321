package dev.picket.inference;

/**
 * One text could not be classified: the graph gave numbers that are not numbers, or the runtime refused the run. The
 * same text would fail again, so it belongs to the rejected family; other texts are not affected.
 */
public final class ClassificationException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String task;
    private final String reason;

    /**
     * A score that is no number.
     *
     * @param task the task's name
     * @param sentence what happened, with its numbers
     */
    public ClassificationException(String task, String sentence) {
        super(sentence);
        this.task = task;
        this.reason = "error";
    }

    /**
     * A run that the runtime refused.
     *
     * @param task the task's name
     * @param sentence what happened, with its numbers
     * @param cause what the runtime said
     */
    public ClassificationException(String task, String sentence, Throwable cause) {
        this(task, "error", sentence, cause);
    }

    /**
     * A text that got no answer for another reason than itself.
     *
     * @param task the task's name
     * @param reason a word for {@link Decision.Failed}: {@code deadline}, {@code busy}
     * @param sentence what happened, with its numbers
     * @param cause where it was noticed
     */
    public ClassificationException(String task, String reason, String sentence, Throwable cause) {
        super(sentence, cause);
        this.task = task;
        this.reason = reason;
    }

    /** A word for {@link Decision.Failed}. */
    public String reason() {
        return reason;
    }

    public String task() {
        return task;
    }
}
