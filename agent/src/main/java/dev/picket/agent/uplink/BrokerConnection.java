package dev.picket.agent.uplink;

import java.time.Duration;
import java.util.List;

/** One connection, from its opening to its end; a new one is a new object, so nothing of an old one can reach it. */
public interface BrokerConnection {
    /** False from its end on. */
    boolean isOpen();

    /** The most publications that may be unacknowledged at once. */
    int window();

    /** The largest packet that the broker takes; beyond it, it ends the connection. */
    long maximumPacketBytes();

    /**
     * Hands one publication over, waiting for a place in the window.
     *
     * @return false when there was none within {@code patience}; then nothing was sent and {@code delivery} is not called
     * @throws BrokerUnavailableException when the connection is over; then {@code delivery} is not called either
     * @throws InterruptedException when interrupted before anything was sent; nor is {@code delivery} called then
     */
    boolean publish(Message message, Delivery delivery, Duration patience)
            throws BrokerUnavailableException, InterruptedException;

    /**
     * How long the same publication has been the oldest without an answer, as far as looks at it tell; zero when all are
     * answered. On a slow line the oldest changes all the time, so this tells a lost answer from a late one. For one caller.
     */
    Duration stalledFor();

    /** Subscribes at QoS 1 and waits, for a bounded time, for the broker's grant. */
    void subscribe(List<String> filters) throws BrokerUnavailableException;

    /** Acknowledges what came on this connection; does nothing once it is over. */
    void acknowledge(Incoming message);

    /** Ends the connection without a word, so that the broker publishes the Will. */
    void abort();

    /** Ends the connection with a DISCONNECT, so that the broker forgets the Will. */
    void end();
}
