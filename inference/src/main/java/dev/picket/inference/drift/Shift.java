package dev.picket.inference.drift;

/**
 * How one statistic of the latest window lies to a baseline.
 *
 * @param of {@code labels}, or the name of a {@link Signal}
 * @param effect Cramér's V of labels, the Kolmogorov-Smirnov distance of a signal; 0 to 1
 * @param p that chance alone goes so far; of a domain gap without meaning, since texts of another place always differ
 */
public record Shift(String of, double effect, double p) {
    /** The name of the statistic over labels. */
    public static final String LABELS = "labels";
}
