package dev.picket.agent.config;

import java.time.Duration;

/**
 * The section {@code drift}: whether what a task sees has changed since its baseline.
 *
 * @param enabled whether anything is counted at all
 * @param baselineTexts distinct texts that the local baseline has at least
 * @param baselineTime how long it is collected at least, after a task's probation
 * @param windowTexts distinct texts that are compared with it at least
 * @param windowTime what they span at least: the time in which the floor repeats its rhythm
 * @param minLabelShift the least Cramér's V of the labels that is drift
 * @param minDistance the least Kolmogorov-Smirnov distance of confidence and the other signals that is drift
 * @param falseAlarms how many alarms chance alone may raise in 30 days, for each task
 * @param rememberedTexts hashes held in memory for each sixth of a window, for each task
 * @param saveEvery how much counting a kill may lose
 */
public record DriftConfig(
        @Default("true") boolean enabled,
        @Default("1000") @Range(min = 50, max = 1_000_000) int baselineTexts,

        @Default("3d") @Range(min = 600, max = 7_776_000_000L)
        Duration baselineTime,

        @Default("500") @Range(min = 50, max = 1_000_000) int windowTexts,

        @Default("24h") @Range(min = 600, max = 2_592_000_000L)
        Duration windowTime,

        @Default("0.15") @Range(max = 1) double minLabelShift,
        @Default("0.15") @Range(max = 1) double minDistance,
        @Default("0.1") @Range(max = 1) double falseAlarms,
        @Default("8192") @Range(min = 64, max = 1_048_576) int rememberedTexts,
        @Default("15m") @Range(min = 100, max = 86_400_000) Duration saveEvery) {}
