package dev.picket.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where signed updates come from, and what a Set must pass here.
 *
 * @param repository {@code file:}, {@code http:} or {@code https:}; without it nothing new is installed
 * @param channel the channel that this gateway follows
 * @param root the root.json that is trusted first; without the file updates are off
 * @param interval between two polls; jittered by a fifth
 * @param maxSetBytes the largest Set, all files together
 * @param spareBytes left free on the disk, whatever is fetched
 * @param connectTimeout until a connection to the repository stands
 * @param readTimeout until the next bytes of an answer come
 * @param attempts how often an update's step may be begun before the agent's deaths in it count as its failure
 * @param examRows the most rows that an exam may have
 * @param maxLatency this gateway's own ceiling for the exam's 95th percentile; without it only the release's ratio counts
 * @param probation how long a new Set is watched after the switch
 * @param probationMaxFailures the largest share of texts that may fail meanwhile
 */
public record UpdatesConfig(
        @Nullable URI repository,
        @Default("stable") String channel,
        @Default("/etc/picket/trust/root.json") Path root,
        @Default("15m") @Range(min = 100, max = 604_800_000) Duration interval,

        @Default("16GiB") @Range(min = 1, max = 1_099_511_627_776L)
        long maxSetBytes,

        @Default("64MiB") @Range(max = 1_099_511_627_776L) long spareBytes,
        @Default("15s") @Range(min = 100, max = 300_000) Duration connectTimeout,
        @Default("30s") @Range(min = 100, max = 300_000) Duration readTimeout,
        @Default("2") @Range(min = 1, max = 10) int attempts,
        @Default("2000") @Range(min = 1, max = 100_000) int examRows,
        @Nullable Duration maxLatency,
        @Default("1m") @Range(min = 0, max = 86_400_000) Duration probation,
        @Default("0.05") @Range(max = 1) double probationMaxFailures) {}
