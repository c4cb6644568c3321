package dev.picket.inference.engine;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How the texts of one base share the machine.
 *
 * @param runs side by side
 * @param threadsPerRun of each
 * @param origin why these
 * @param tried what was measured, the best first; empty where nothing was
 */
public record Schedule(int runs, int threadsPerRun, Origin origin, List<Tried> tried) {
    /** Where a schedule comes from. */
    public enum Origin {
        /** The configuration names both numbers. */
        CONFIGURED,
        /** It was the fastest that was tried on this machine. */
        MEASURED,
        /** There was no choice, or the base was not measured: too large, no memory, or another provider may answer. */
        RULE
    }

    /** A candidate and what it did, with made-up texts of a usual length. */
    public record Tried(int runs, int threadsPerRun, double textsPerSecond) {}

    public Schedule {
        tried = List.copyOf(tried);
    }

    /** {@code 2 runs x 1 thread (measured: 2x1 95.1/s, 1x2 81.0/s)}. */
    public String told() {
        String why = tried.stream()
                .map(each -> String.format(
                        Locale.ROOT, "%dx%d %.1f/s", each.runs(), each.threadsPerRun(), each.textsPerSecond()))
                .collect(Collectors.joining(", ", tried.isEmpty() ? "" : ": ", ""));
        return "%d %s x %d %s (%s%s)"
                .formatted(
                        runs,
                        runs == 1 ? "run" : "runs",
                        threadsPerRun,
                        threadsPerRun == 1 ? "thread" : "threads",
                        origin.name().toLowerCase(Locale.ROOT),
                        why);
    }
}
