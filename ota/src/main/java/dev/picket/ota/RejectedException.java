package dev.picket.ota;

/** Refused for a reason that trying again will not change; nothing of it was taken over. */
public class RejectedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /**
     * Makes a refusal.
     *
     * @param message one sentence with the numbers in it
     */
    public RejectedException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
