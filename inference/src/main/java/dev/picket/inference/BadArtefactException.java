package dev.picket.inference;

/**
 * A base, a task or one of their files is not what it says it is. Reading it again will not help: it belongs to the
 * rejected family. The message is one sentence that names the file and the place in it.
 */
public final class BadArtefactException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * A fault found by a rule.
     *
     * @param sentence what is wrong, where, and what to do
     */
    public BadArtefactException(String sentence) {
        super(sentence);
    }

    /**
     * A fault found by a parser or the runtime.
     *
     * @param sentence what is wrong, where, and what to do
     * @param cause what a parser or the runtime said
     */
    public BadArtefactException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
