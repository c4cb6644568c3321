package dev.picket.inference.engine;

import java.time.Duration;

/**
 * How much of the machine a base may take.
 *
 * @param runs side by side at most; a further text waits. 0 until {@link Scheduling} has chosen
 * @param threadsPerRun of one run; 0 until {@link Scheduling} has chosen
 * @param prefixCacheBytes of keys and values of prompts' prefixes, at most
 * @param maxAdapterRank the largest LoRA rank that is loaded
 * @param providers choose what a base is computed on
 * @param deadline of one text; waiting for a free run counts where somebody asked, not for readings and trials
 */
public record EngineOptions(
        int runs,
        int threadsPerRun,
        long prefixCacheBytes,
        int maxAdapterRank,
        Providers providers,
        Duration deadline) {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    public EngineOptions {
        if (runs < 0 || threadsPerRun < 0 || prefixCacheBytes < 0 || maxAdapterRank < 1 || !deadline.isPositive()) {
            throw new IllegalArgumentException(
                    "Runs " + runs + ", threads " + threadsPerRun + ", prefix cache " + prefixCacheBytes + ", rank "
                            + maxAdapterRank + " and deadline " + deadline + " must be positive");
        }
    }

    /** On the CPU, with a deadline of 30 seconds. */
    public EngineOptions(int runs, int threadsPerRun, long prefixCacheBytes, int maxAdapterRank) {
        this(runs, threadsPerRun, prefixCacheBytes, maxAdapterRank, Providers.cpu(), DEADLINE);
    }

    /** With a deadline of 30 seconds. */
    public EngineOptions(int runs, int threadsPerRun, long prefixCacheBytes, int maxAdapterRank, Providers providers) {
        this(runs, threadsPerRun, prefixCacheBytes, maxAdapterRank, providers, DEADLINE);
    }

    /** One single-threaded run a core, 64 MiB of prefixes, rank 256. */
    public static EngineOptions forCores(int cores) {
        return new EngineOptions(Math.max(1, cores), 1, 64L << 20, 256);
    }

    /** The same with what was chosen. */
    public EngineOptions with(Schedule schedule) {
        return new EngineOptions(
                schedule.runs(), schedule.threadsPerRun(), prefixCacheBytes, maxAdapterRank, providers, deadline);
    }

    /** Whether runs and threads are known. */
    boolean isScheduled() {
        return runs > 0 && threadsPerRun > 0;
    }
}
