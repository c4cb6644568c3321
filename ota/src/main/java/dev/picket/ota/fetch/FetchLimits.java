package dev.picket.ota.fetch;

import java.time.Duration;

/**
 * What one request to a web server may take.
 *
 * @param connect until the connection stands
 * @param read until the next bytes come
 * @param whole for one file in all; a longer download is resumed by the next attempt
 * @param redirects followed on the same host
 */
public record FetchLimits(Duration connect, Duration read, Duration whole, int redirects) {
    public static final FetchLimits DEFAULT =
            new FetchLimits(Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofMinutes(60), 3);
}
