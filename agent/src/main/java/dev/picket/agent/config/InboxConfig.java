package dev.picket.agent.config;

import java.time.Duration;

/**
 * The inbox of a source of kind {@code http}.
 *
 * @param waiting the most pushed readings that may wait for their verdicts; more are refused until some have theirs
 * @param dedupe how long the id of a pushed reading is remembered, so that it is judged once however often it is sent
 * @param remembered the most ids that are remembered; beyond it the oldest go early
 */
public record InboxConfig(
        @Default("10000") @Range(min = 1, max = 1_000_000) int waiting,

        @Default("24h") @Range(min = 1_000, max = 31L * 86_400_000)
        Duration dedupe,

        @Default("100000") @Range(min = 1, max = 10_000_000) int remembered) {}
