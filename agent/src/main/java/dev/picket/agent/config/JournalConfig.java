package dev.picket.agent.config;

import java.time.Duration;

/**
 * The section {@code journal}.
 *
 * @param maxBytes what journal.db may grow to; at the limit the oldest sent rows go, and where none is left the sources
 *     wait
 * @param keepRows how many of the newest rows stay even when sent and old; raised to {@link #IN_FLIGHT} for each task of
 *     each source, since a row that is gone before its source's position has passed it would be judged and sent anew
 * @param commitRows how many rows are made durable together at most
 * @param commitDelay how long a row waits at most for others to be made durable with
 * @param sweepEvery how often what is past its retention is taken out
 */
public record JournalConfig(
        @Default("256MiB") @Range(min = 262_144, max = 1L << 40)
        long maxBytes,

        @Default("2048") @Range(min = 1, max = 1_000_000) int keepRows,
        @Default("128") @Range(min = 1, max = 10_000) int commitRows,
        @Default("20ms") @Range(max = 10_000) Duration commitDelay,

        @Default("10m") @Range(min = 1_000, max = 86_400_000)
        Duration sweepEvery) {
    /** How many readings of one source may lie between its position and its end at most. */
    public static final int IN_FLIGHT = 256;

    JournalConfig keepingAtLeast(int rows) {
        return rows <= keepRows ? this : new JournalConfig(maxBytes, rows, commitRows, commitDelay, sweepEvery);
    }
}
