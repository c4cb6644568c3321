package dev.picket.agent.config;

/**
 * The local page, health and metrics.
 *
 * @param host the address to listen on; anything but loopback must be asked for
 * @param port 0 chooses a free one
 * @param maxStreams how many pages may follow live verdicts at once
 */
public record HttpConfig(
        @Default("127.0.0.1") String host,
        @Default("8484") @Range(max = 65_535) int port,
        @Default("16") @Range(min = 1, max = 1_000) int maxStreams) {}
