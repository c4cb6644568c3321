package dev.picket.agent.config;

import java.time.Duration;

/**
 * The section {@code retention}.
 *
 * @param text how long a reading's text stays on the gateway; its verdict stays longer
 * @param verdicts how long a verdict stays once the fleet has it
 */
public record RetentionConfig(
        @Default("7d") @Range(min = 0, max = 3_650L * 86_400_000)
        Duration text,

        @Default("30d") @Range(min = 0, max = 3_650L * 86_400_000)
        Duration verdicts) {}
