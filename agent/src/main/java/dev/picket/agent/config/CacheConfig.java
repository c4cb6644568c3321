package dev.picket.agent.config;

/**
 * How many answers are remembered for texts that come again, in memory only.
 *
 * @param entries the most answers; 0: none, and each text is classified
 * @param maxBytes the most memory that they take, about; 0: none
 */
public record CacheConfig(
        @Default("10000") @Range(max = 1_000_000) int entries,
        @Default("8MiB") @Range(max = 1L << 30) long maxBytes) {
    /** None is remembered. */
    public static final CacheConfig OFF = new CacheConfig(0, 0);
}
