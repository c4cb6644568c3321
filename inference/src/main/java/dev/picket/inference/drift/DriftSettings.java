package dev.picket.inference.drift;

import java.time.Duration;

/**
 * How drift is looked for.
 *
 * <p>A window is compared as a whole and slides by a sixth of its time, so a day has day and night in it at each look. Every
 * look asks {@value #STATISTICS} statistics; the probability at which one is believed is such that chance alone is
 * expected to raise {@code falseAlarms} in 30 days, by Bonferroni's inequality (so whatever the looks have in common):
 *
 * <pre>
 * p &lt;= falseAlarms / (looks in 30 days * statistics)
 * </pre>
 *
 * and the effect must reach its limit as well, since over many texts the smallest difference is beyond chance.
 *
 * @param window what one window spans at least: the time in which the floor repeats its rhythm
 * @param windowTexts distinct texts that one must have; slow sources get longer windows
 * @param baseline how long the local baseline is collected at least, best whole windows
 * @param baselineTexts distinct texts that it must have
 * @param minLabelShift the least Cramér's V that is drift
 * @param minDistance the least Kolmogorov-Smirnov distance that is drift
 * @param falseAlarms expected of chance in 30 days
 * @param textsPerPane hashes remembered for each sixth of a window
 */
public record DriftSettings(
        Duration window,
        int windowTexts,
        Duration baseline,
        int baselineTexts,
        double minLabelShift,
        double minDistance,
        double falseAlarms,
        int textsPerPane) {
    /** Steps in which a window slides. */
    static final int PANES = 6;

    /** Panes kept: windows of slow sources grow to seven times the least. */
    static final int KEPT_PANES = 7 * PANES;

    /** Sources whose texts are told apart in the baseline; those after are taken together. */
    static final int SOURCES = 32;

    /** Labels and each signal. */
    static final int STATISTICS = 5;

    private static final Duration MONTH = Duration.ofDays(30);

    Duration pane() {
        return window.dividedBy(PANES);
    }

    int baselinePanes() {
        long panes = (baseline.toMillis() + pane().toMillis() - 1) / Math.max(1, pane().toMillis());
        return Math.toIntExact(Math.max(1, panes));
    }

    /** What a probability must not exceed to be believed. */
    double mostP() {
        double looks = (double) MONTH.toMillis() / Math.max(1, pane().toMillis());
        return falseAlarms / (looks * STATISTICS);
    }
}
