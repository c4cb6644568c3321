package dev.picket.ota.fetch;

import dev.picket.ota.UnavailableException;
import java.time.Duration;

/** Could be had, and is not asked for before a known time. */
public final class NotYetException extends UnavailableException {
    private static final long serialVersionUID = 1L;

    private final Duration after;
    private final boolean ours;

    /**
     * Makes a wait.
     *
     * @param after how long to wait
     * @param ours whether this gateway's own rules ask for it (a window, a budget) and not the server
     */
    public NotYetException(String message, Duration after, boolean ours) {
        super(message);
        this.after = after;
        this.ours = ours;
    }

    public Duration after() {
        return after;
    }

    public boolean isOurs() {
        return ours;
    }
}
