package dev.picket.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where updates come from, and what they must pass here.
 *
 * @param repository a TUF repository: {@code http:}, {@code https:} or {@code file:}; without it no update is looked for
 * @param channel which of its channels this gateway follows
 * @param trust the first root; without it updates and signed verbs are off
 * @param tasks the tasks that this gateway runs; without any, all of the Set
 * @param interval how often the repository is asked, with jitter
 * @param probation how long a Set is watched after the switch before it counts as proved
 * @param maxFailedShare the largest share of failed texts during probation
 * @param maxLatencyRatio how much slower a Set may be than the one that serves, at the 95th percentile; a release can only
 *     tighten it
 * @param latencyCeiling the slowest 95th percentile that this gateway bears; without it only the ratio counts
 * @param spareBytes disk space that an update must leave free
 */
public record UpdatesConfig(
        @Nullable URI repository,
        @Default("released") String channel,
        @Default("/etc/picket/trust/root.json") Path trust,
        List<String> tasks,
        @Default("5m") @Range(min = 100, max = 604_800_000) Duration interval,
        @Default("1m") @Range(min = 100, max = 604_800_000) Duration probation,
        @Default("0.05") double maxFailedShare,
        @Default("1.5") double maxLatencyRatio,
        @Nullable Duration latencyCeiling,
        @Default("256MiB") @Range(max = 1L << 40) long spareBytes) {}
