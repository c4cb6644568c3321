package dev.picket.agent.config;

/**
 * The section {@code diagnose}: the support bundle.
 *
 * @param maxBytes the largest answer to {@code diagnose}; what the broker takes at most lowers it
 * @param logLines how many of the last lines of the log are held in memory for it
 */
public record DiagnoseConfig(
        @Default("256KiB") @Range(min = 4_096, max = 1 << 26)
        long maxBytes,

        @Default("500") @Range(min = 1, max = 100_000) int logLines) {}
