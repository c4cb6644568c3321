package dev.picket.agent.uplink;

import java.time.Duration;

/** The way to a broker: a dumb pipe. It keeps nothing and never connects by itself; the journal alone remembers. */
public interface BrokerLink {
    /**
     * Opens one connection and waits, for a bounded time, until the broker has accepted it.
     *
     * @param will what the broker publishes when the gateway goes without a word
     * @param willDelay how long it waits before it does
     * @param listener told of what arrives and of the end; called on the link's threads, so it must not block
     * @throws BrokerUnavailableException when there is no connection within the time: try again later
     */
    BrokerConnection open(Message will, Duration willDelay, ConnectionListener listener)
            throws BrokerUnavailableException;

    /**
     * Whether a new connection would prove itself with something newer than the one that is up; then that one is ended
     * calmly and a new one opened.
     */
    boolean renewed();
}
