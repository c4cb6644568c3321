package dev.picket.agent.read;

import java.time.Duration;

/**
 * How far a source is behind.
 *
 * @param lag age of its oldest reading that has no outcome on disk, as far as the source can know; zero where none waits
 * @param rule what is done about it now, such as {@code judges 1 of 4}; empty when nothing is
 */
public record SourceLag(String source, Duration lag, String rule) {
    public SourceLag {
        lag = lag.isNegative() ? Duration.ZERO : lag;
    }
}
