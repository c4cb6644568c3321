package dev.picket.agent.console;

import java.net.URI;
import java.time.Duration;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * How a console reaches its broker.
 *
 * @param broker {@code mqtt://host:port} or {@code mqtts://host:port}
 * @param sockets plain ones, or those that make the TLS connection
 * @param timeout of one attempt to connect, and of each answer of the broker
 * @param keepAlive how long the line may be silent before either side asks whether the other is there
 * @param sessionExpiry how long the broker keeps what comes while the console is cut off
 * @param present whether it tells gateways that a console is there, and the broker tells them when it is cut off
 * @param inFlight the most messages that the broker may send ahead of their acknowledgement
 */
public record ConsoleSettings(
        URI broker,
        @Nullable String username,
        @Nullable String password,
        SocketFactory sockets,
        Duration timeout,
        Duration keepAlive,
        Duration sessionExpiry,
        boolean present,
        int inFlight) {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(20);
    private static final Duration SESSION_EXPIRY = Duration.ofHours(1);
    private static final int IN_FLIGHT = 200;

    /** With the usual limits. */
    public static ConsoleSettings usual(
            URI broker, @Nullable String username, @Nullable String password, SocketFactory sockets, boolean present) {
        return new ConsoleSettings(
                broker, username, password, sockets, TIMEOUT, KEEP_ALIVE, SESSION_EXPIRY, present, IN_FLIGHT);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "ConsoleSettings[" + broker + ", " + username + "]";
    }
}
