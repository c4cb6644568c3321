package dev.picket.agent.config;

import java.time.Duration;

/**
 * The section {@code configure}: what the console changes.
 *
 * @param confirm how long the agent may take, with a changed configuration, to be ready and connected; after it the one
 *     before returns
 * @param starts how often the agent may be started with a changed configuration that has not been confirmed
 */
public record ConfigureConfig(
        @Default("5m") @Range(min = 1_000, max = 86_400_000) Duration confirm,
        @Default("2") @Range(min = 1, max = 100) int starts) {}
