package dev.picket.inference.drift;

import java.time.Instant;

/**
 * A drift that was found, as it was when it was.
 *
 * @param of {@code labels}, or the name of a {@link Signal}
 * @param effect Cramér's V of labels, the Kolmogorov-Smirnov distance of a signal
 * @param texts of the window in which it was found
 */
public record Alarm(String of, double effect, int texts, Instant since) {}
