package dev.picket.agent.console;

import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.tls.BrokerCredentials;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;

/**
 * How a console reaches its broker.
 *
 * @param uplink broker, user, TLS and waits, as an agent has them
 * @param credentials what the console proves itself with
 * @param sessionExpiry how long the broker keeps what comes while the console is cut off
 * @param present whether it tells gateways that a console is there, and the broker tells them when it is cut off
 * @param inFlight the most messages that the broker may send ahead of their acknowledgement
 */
public record ConsoleSettings(
        UplinkConfig uplink, BrokerCredentials credentials, Duration sessionExpiry, boolean present, int inFlight) {
    private static final Duration SESSION_EXPIRY = Duration.ofHours(1);
    private static final int IN_FLIGHT = 200;

    /** With the usual limits. */
    public static ConsoleSettings usual(UplinkConfig uplink, BrokerCredentials credentials, boolean present) {
        return new ConsoleSettings(uplink, credentials, SESSION_EXPIRY, present, IN_FLIGHT);
    }

    URI broker() {
        return Objects.requireNonNull(uplink.broker(), "no broker is named");
    }

    Duration timeout() {
        return uplink.connectTimeout();
    }
}
