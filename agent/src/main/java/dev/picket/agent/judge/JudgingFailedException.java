package dev.picket.agent.judge;

/** One text could not be classified; the reading gets a FAILED verdict and the source goes on. */
public final class JudgingFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    /**
     * @param reason one or two words for the verdict, such as {@code error}
     */
    public JudgingFailedException(String reason, Throwable cause) {
        super("The classifier failed on a text (" + reason + "): " + cause.getMessage(), cause);
        this.reason = reason;
    }

    public String reason() {
        return reason;
    }
}
