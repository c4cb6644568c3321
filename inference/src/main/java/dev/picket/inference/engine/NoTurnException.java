package dev.picket.inference.engine;

/** A text did not get a run in its time, or too many wait already. Unchecked, since it crosses scorers that cannot help. */
final class NoTurnException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * @param reason {@code deadline} or {@code busy}
     */
    NoTurnException(String reason, String sentence) {
        super(sentence);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
