package dev.picket.agent.uplink;

import org.jspecify.annotations.Nullable;

/** The broker cannot be used now; what was to be sent stays where it is, and is sent again later. */
public final class BrokerUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    public BrokerUnavailableException(String message) {
        super(message);
    }

    public BrokerUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
