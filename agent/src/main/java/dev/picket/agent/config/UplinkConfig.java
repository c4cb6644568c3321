package dev.picket.agent.config;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The connection to the broker and how the journal is drained over it.
 *
 * @param broker {@code mqtt://host:port} or {@code mqtts://host:port}; without it nothing is sent and the journal keeps all
 * @param clientId the MQTT client identifier; without it one is made of site and gateway
 * @param username for the broker's password check
 * @param passwordFile the broker's password: an absolute path, or {@code credential:NAME}; read at each connection
 * @param tls whom an {@code mqtts://} uplink trusts, and the certificate that it shows
 * @param keepAlive how long the line may be silent before either side asks whether the other is there
 * @param connectTimeout how long one attempt to connect may take
 * @param ackTimeout how long the broker may leave a publication unacknowledged before the connection counts as dead
 * @param sessionExpiry how long the broker keeps commands for a gateway that is away
 * @param willDelay how long the broker waits before it tells the others that the gateway is gone
 * @param retryFirst the wait before the second attempt to connect; doubled, with jitter, for each one after it
 * @param retryMost the longest wait between two attempts
 * @param window the most publications in flight; the broker's receive maximum lowers it
 * @param page rows read from the journal at a time
 * @param unmarked the most rows that are in flight, or acknowledged and not yet marked as sent
 * @param markBatch the most rows marked as sent in one transaction
 * @param markDelay how long an acknowledged row may wait for others to be marked with it
 * @param reportEvery the shortest time between two reports
 * @param commandQueue the most commands taken and not yet answered; told to the broker as receive maximum
 * @param commandBytes the largest command payload
 * @param commandsKept the most commands whose replies are kept; of commands without a signature a quarter
 * @param order within a priority: {@code oldest-first} by seq, or {@code live-first}, what came since this connection began
 *     before what had waited for it
 * @param waitForConsole whether rows wait until the console says under {@code picket/v1/console/status} that it is online
 * @param meter what a metered link may carry
 */
public record UplinkConfig(
        @Nullable URI broker,
        @Nullable String clientId,
        @Nullable String username,
        @Nullable SecretFile passwordFile,
        TlsConfig tls,
        @Default("30s") @Range(min = 1_000, max = 3_600_000) Duration keepAlive,
        @Default("10s") @Range(min = 1_000, max = 300_000) Duration connectTimeout,
        @Default("30s") @Range(min = 1_000, max = 600_000) Duration ackTimeout,
        @Default("7d") @Range(min = 0, max = 2_592_000_000L) Duration sessionExpiry,
        @Default("10s") @Range(min = 0, max = 3_600_000) Duration willDelay,
        @Default("1s") @Range(min = 10, max = 60_000) Duration retryFirst,
        @Default("30s") @Range(min = 10, max = 3_600_000) Duration retryMost,
        @Default("100") @Range(min = 1, max = 65_535) int window,
        @Default("500") @Range(min = 1, max = 10_000) int page,
        @Default("4000") @Range(min = 1, max = 100_000) int unmarked,
        @Default("1000") @Range(min = 1, max = 10_000) int markBatch,
        @Default("20ms") @Range(min = 0, max = 10_000) Duration markDelay,
        @Default("10s") @Range(min = 100, max = 3_600_000) Duration reportEvery,
        @Default("16") @Range(min = 1, max = 1_000) int commandQueue,

        @Default("64KiB") @Range(min = 1_024, max = 1_048_576)
        long commandBytes,

        @Default("10000") @Range(min = 1, max = 1_000_000) int commandsKept,
        @Default("oldest-first") Order order,
        @Default("false") boolean waitForConsole,
        MeterConfig meter) {
    /** What goes first within a priority. */
    public enum Order {
        OLDEST_FIRST,
        LIVE_FIRST
    }

    /** The same, with another broker. */
    public UplinkConfig withBroker(URI other) {
        return new UplinkConfig(
                other,
                clientId,
                username,
                passwordFile,
                tls,
                keepAlive,
                connectTimeout,
                ackTimeout,
                sessionExpiry,
                willDelay,
                retryFirst,
                retryMost,
                window,
                page,
                unmarked,
                markBatch,
                markDelay,
                reportEvery,
                commandQueue,
                commandBytes,
                commandsKept,
                order,
                waitForConsole,
                meter);
    }
}
