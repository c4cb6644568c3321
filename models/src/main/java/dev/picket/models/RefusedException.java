package dev.picket.models;

/** What was given cannot be used, and will not be usable by trying again; the message says what, where and what to do. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    public RefusedException(String message) {
        super(message);
    }
}
