package dev.picket.ota.fetch;

/** Whether bytes come fast enough, by the time that is spent waiting for them. */
final class Speed {
    private final long minBytesPerSecond;
    private final long overNanos;
    private long bytes;
    private long nanos;

    Speed(FetchLimits limits) {
        this.minBytesPerSecond = limits.minBytesPerSecond();
        this.overNanos = limits.slowFor().toNanos();
    }

    /** Counts one read; true when all of the last stretch of time were too slow. */
    boolean isTooSlowAfter(int n, long waitedNanos) {
        bytes += n;
        nanos += waitedNanos;
        if (nanos < overNanos) {
            return false;
        }
        boolean slow = bytes / (nanos / 1e9) < minBytesPerSecond;
        bytes = 0;
        nanos = 0;
        return slow;
    }
}
