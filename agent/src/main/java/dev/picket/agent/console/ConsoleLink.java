package dev.picket.agent.console;

import dev.picket.agent.uplink.Backoff;
import dev.picket.agent.uplink.BrokerUnavailableException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A console's way to its broker, under one client identifier and one session: after a break the broker sends what came
 * meanwhile. It connects again when it is asked to, and never by itself, so that its user knows of the break.
 */
public final class ConsoleLink implements AutoCloseable {
    private static final Duration RETRY_FIRST = Duration.ofMillis(250);
    private static final Duration RETRY_MOST = Duration.ofSeconds(5);
    private static final int RANDOM_BYTES = 8;

    private final ConsoleSettings settings;
    private final String clientId = "picket-console-" + random(RANDOM_BYTES);
    private final List<String> filters = new ArrayList<>();
    private @Nullable ConsoleConnection connection;

    public ConsoleLink(ConsoleSettings settings) {
        this.settings = settings;
    }

    /** Connects for the first time. */
    public void open() throws BrokerUnavailableException {
        connection = ConsoleConnection.open(settings, clientId);
    }

    /** Listens to these topics as well, from now on and after each break. */
    public void subscribe(List<String> more) throws BrokerUnavailableException {
        connection().subscribe(more);
        filters.addAll(more);
    }

    /** Sends it, and waits until the broker has it. */
    public void publish(Order order) throws BrokerUnavailableException {
        connection().publish(order);
    }

    /** Lets it lie at the broker for those who come later, and waits until the broker has it. */
    void retain(String topic, byte[] payload) throws BrokerUnavailableException {
        connection().retain(topic, payload);
    }

    /** Tells gateways that wait for a console whether this one is there; its Will says that it went. */
    void announce(boolean online) throws BrokerUnavailableException {
        connection().announce(online);
    }

    /**
     * The next message, which the broker then counts as delivered.
     *
     * @return null when none came within the patience
     * @throws BrokerUnavailableException when the connection is over, and all that came before its end was given
     */
    public @Nullable Heard next(Duration patience) throws BrokerUnavailableException, InterruptedException {
        return connection().next(patience);
    }

    /**
     * Connects again, trying until it works or the patience is over.
     *
     * @throws BrokerUnavailableException with the last attempt's reason
     */
    public void reopen(Duration patience) throws BrokerUnavailableException, InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        Backoff backoff = new Backoff(RETRY_FIRST, RETRY_MOST, RandomGenerator.getDefault());
        connection().abort();
        while (true) {
            try {
                connection = ConsoleConnection.open(settings, clientId);
                connection.subscribe(filters);
                return;
            } catch (BrokerUnavailableException e) {
                connection().abort();
                Duration wait = backoff.next();
                if (System.nanoTime() + wait.toNanos() >= until) {
                    throw e;
                }
                Thread.sleep(wait);
            }
        }
    }

    /** Ends the connection, and the session with it. */
    @Override
    public void close() {
        if (connection != null) {
            connection.end();
        }
    }

    private ConsoleConnection connection() throws BrokerUnavailableException {
        if (connection == null) {
            throw new BrokerUnavailableException("There is no connection to " + settings.broker() + " yet");
        }
        return connection;
    }

    /** A name that no other console has. */
    static String random(int bytes) {
        byte[] random = new byte[bytes];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
