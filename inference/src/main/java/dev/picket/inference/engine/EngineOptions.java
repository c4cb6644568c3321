package dev.picket.inference.engine;

/**
 * How much of the machine a base may take.
 *
 * @param runs side by side at most; a further text waits
 * @param threadsPerRun of one run; where there are as many texts as cores, many runs of one thread do the most work
 * @param prefixCacheBytes of keys and values of prompts' prefixes, at most
 * @param maxAdapterRank the largest LoRA rank that is loaded
 * @param providers choose what a base is computed on
 */
public record EngineOptions(
        int runs, int threadsPerRun, long prefixCacheBytes, int maxAdapterRank, Providers providers) {
    public EngineOptions {
        if (runs < 1 || threadsPerRun < 1 || prefixCacheBytes < 0 || maxAdapterRank < 1) {
            throw new IllegalArgumentException("Runs " + runs + ", threads " + threadsPerRun + ", prefix cache "
                    + prefixCacheBytes + " and rank " + maxAdapterRank + " must be positive");
        }
    }

    /** On the CPU. */
    public EngineOptions(int runs, int threadsPerRun, long prefixCacheBytes, int maxAdapterRank) {
        this(runs, threadsPerRun, prefixCacheBytes, maxAdapterRank, Providers.cpu());
    }

    /** One single-threaded run a core, 64 MiB of prefixes, rank 256. */
    public static EngineOptions forCores(int cores) {
        return new EngineOptions(Math.max(1, cores), 1, 64L << 20, 256);
    }
}
