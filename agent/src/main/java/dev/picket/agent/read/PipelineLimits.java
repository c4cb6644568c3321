package dev.picket.agent.read;

import dev.picket.agent.config.JournalConfig;
import java.time.Duration;

/**
 * The limits of a {@link Pipeline}.
 *
 * @param judgingThreads how many texts are judged side by side
 * @param inFlight how many readings of one source may lie between its position and its end at most; it waits beyond
 * @param commitRows how many readings are made durable together at most
 * @param commitDelay how long a judged reading waits at most for others that are being judged
 * @param maxAttempts at which attempt a reading gets FAILED(crash) without being judged
 * @param retryAfter how long is waited before a journal or a Set that is not there is tried again
 * @param stopWithin how long a stop waits for what is in flight
 */
public record PipelineLimits(
        int judgingThreads,
        int inFlight,
        int commitRows,
        Duration commitDelay,
        int maxAttempts,
        Duration retryAfter,
        Duration stopWithin) {
    private static final int IN_FLIGHT = 256;

    /** 256 in flight, FAILED(crash) at the third attempt, another try each half second, 5 seconds to stop. */
    public static PipelineLimits of(int judgingThreads, JournalConfig journal) {
        return new PipelineLimits(
                judgingThreads,
                IN_FLIGHT,
                journal.commitRows(),
                journal.commitDelay(),
                3,
                Duration.ofMillis(500),
                Duration.ofSeconds(5));
    }
}
