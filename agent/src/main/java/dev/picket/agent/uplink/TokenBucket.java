package dev.picket.agent.uplink;

import java.util.concurrent.TimeUnit;

/**
 * Bytes that flow in at a steady rate, up to a burst. What must go at once is spent all the same, so the level may fall
 * below zero, and rows then wait until it is paid for. Time is passed in, as nanoseconds that only grow.
 */
final class TokenBucket {
    private static final double SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long bytesPerSecond;
    private final long burstBytes;
    private double level;
    private long filledAtNanos;

    /** Full at first. */
    TokenBucket(long bytesPerSecond, long burstBytes, long nowNanos) {
        this.bytesPerSecond = bytesPerSecond;
        this.burstBytes = burstBytes;
        this.level = burstBytes;
        this.filledAtNanos = nowNanos;
    }

    /** How long a packet must wait; one that is larger than the burst goes when the bucket is full. */
    long waitNanos(long bytes, long nowNanos) {
        fill(nowNanos);
        double missing = Math.min(bytes, burstBytes) - level;
        return missing <= 0 ? 0 : (long) Math.ceil(missing * SECOND_NANOS / bytesPerSecond);
    }

    void spend(long bytes, long nowNanos) {
        fill(nowNanos);
        level -= bytes;
    }

    private void fill(long nowNanos) {
        long passed = nowNanos - filledAtNanos;
        if (passed > 0) {
            level = Math.min((double) burstBytes, level + passed / SECOND_NANOS * bytesPerSecond);
            filledAtNanos = nowNanos;
        }
    }
}
