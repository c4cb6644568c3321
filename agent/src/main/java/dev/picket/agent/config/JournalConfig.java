package dev.picket.agent.config;

import java.time.Duration;

/**
 * The section {@code journal}.
 *
 * @param maxBytes what journal.db and its -wal may grow to together
 * @param whenFull what happens when no sent row is left to make room
 * @param priorities what each priority may hold
 * @param commitRows how many rows are made durable together at most
 * @param commitDelay how long a row waits at most for others to be made durable with
 * @param sweepEvery how often what is past its time is taken out
 */
public record JournalConfig(
        @Default("256MiB") @Range(min = 262_144, max = 1L << 40)
        long maxBytes,

        @Default("drop") WhenFull whenFull,
        PrioritiesConfig priorities,
        @Default("128") @Range(min = 1, max = 10_000) int commitRows,
        @Default("20ms") @Range(max = 10_000) Duration commitDelay,

        @Default("10m") @Range(min = 1_000, max = 86_400_000)
        Duration sweepEvery) {
    /** The rule for the whole journal. */
    public enum WhenFull {
        /** Unsent rows go, by the priorities' shares and rules, each counted and told. */
        DROP,
        /** The sources wait. */
        REFUSE
    }

    public JournalConfig withMaxBytes(long bytes) {
        return new JournalConfig(bytes, whenFull, priorities, commitRows, commitDelay, sweepEvery);
    }

    public JournalConfig withWhenFull(WhenFull rule) {
        return new JournalConfig(maxBytes, rule, priorities, commitRows, commitDelay, sweepEvery);
    }

    public JournalConfig withPriorities(PrioritiesConfig lines) {
        return new JournalConfig(maxBytes, whenFull, lines, commitRows, commitDelay, sweepEvery);
    }

    public JournalConfig withCommits(int rows, Duration delay) {
        return new JournalConfig(maxBytes, whenFull, priorities, rows, delay, sweepEvery);
    }
}
