package dev.picket.agent.uplink;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waits that double up to a limit, each shortened by up to a half at random, so that a fleet does not return at once. */
public final class Backoff {
    private final long firstMillis;
    private final long mostMillis;
    private final RandomGenerator random;
    private long nextMillis;

    public Backoff(Duration first, Duration most, RandomGenerator random) {
        this.firstMillis = Math.max(1, first.toMillis());
        this.mostMillis = Math.max(firstMillis, most.toMillis());
        this.random = random;
        this.nextMillis = firstMillis;
    }

    public Duration next() {
        long whole = nextMillis;
        nextMillis = Math.min(mostMillis, whole * 2);
        return Duration.ofMillis(whole - random.nextLong(whole / 2 + 1));
    }

    void reset() {
        nextMillis = firstMillis;
    }
}
