package dev.picket.agent.config;

/**
 * How texts are classified.
 *
 * @param runs how many texts are classified side by side; 0 for one per processor
 * @param threadsPerRun threads inside one run
 * @param cache what is remembered for texts that come again
 */
public record InferenceConfig(
        @Default("0") @Range(max = 64) int runs,
        @Default("1") @Range(min = 1, max = 64) int threadsPerRun,
        CacheConfig cache) {}
