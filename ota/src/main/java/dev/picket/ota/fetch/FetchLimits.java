package dev.picket.ota.fetch;

import java.time.Duration;

/**
 * What one request to a web server may take.
 *
 * @param connect until the connection stands
 * @param read until the next bytes come
 * @param answer until the whole head of the answer is there, however its bytes drip
 * @param whole for one file in all; a longer download is resumed by the next attempt
 * @param redirects followed on the same host
 * @param minBytesPerSecond a body that comes slower is broken off; 0 is no limit
 * @param slowFor the time over which that speed is measured; only what is spent waiting for the server counts
 */
public record FetchLimits(
        Duration connect,
        Duration read,
        Duration answer,
        Duration whole,
        int redirects,
        long minBytesPerSecond,
        Duration slowFor) {
    public static final FetchLimits DEFAULT =
            new FetchLimits(Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofMinutes(60), 3);

    private static final long LEAST_SPEED = 512;

    /** Limits with the usual ones for the head of an answer and for speed. */
    public FetchLimits(Duration connect, Duration read, Duration whole, int redirects) {
        this(connect, read, shorter(read.multipliedBy(2), whole), whole, redirects, LEAST_SPEED, Duration.ofMinutes(1));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
