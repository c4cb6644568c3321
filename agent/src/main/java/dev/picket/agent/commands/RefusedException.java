package dev.picket.agent.commands;

/** The command is not run, and the same again would not be. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Refusal.Reason reason;
    private final int status;

    public RefusedException(Refusal.Reason reason, int status, String sentence) {
        super(sentence);
        this.reason = reason;
        this.status = status;
    }

    public Refusal refusal() {
        return new Refusal(reason, status, String.valueOf(getMessage()));
    }
}
