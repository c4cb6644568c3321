package dev.picket.ota;

/** Could not be had now: the network, the server or the disk. The same request may succeed later. */
public class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Makes a failure that may pass.
     *
     * @param message one sentence that says what could not be had, from where
     */
    public UnavailableException(String message) {
        super(message);
    }

    /**
     * Makes a failure that may pass.
     *
     * @param message one sentence that says what could not be had, from where
     */
    public UnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
