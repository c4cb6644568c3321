package dev.picket.inference.drift;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.commons.numbers.gamma.RegularizedGamma;

/**
 * Whether two samples have the same mix of labels: Pearson's chi-square test of homogeneity (Pearson 1900; Agresti,
 * "Categorical Data Analysis", section 3.2). Labels too rare for it, where a row expects fewer than 5, are taken together first (Cochran
 * 1954, "Some Methods for Strengthening the Common χ² Tests").
 *
 * <p>The effect is Cramér's V (Cramér 1946, section 21.9) of the table in which both rows weigh the same, {@code V² = ½ Σ (p - q)² /
 * (p + q)}: V of the table as it stands would shrink as the baseline grows.
 */
final class ChiSquare {
    private static final double LEAST_EXPECTED = 5;

    private ChiSquare() {}

    static Difference between(Shares a, Shares b) {
        if (a.texts() == 0 || b.texts() == 0) {
            return Difference.NONE;
        }
        double[][] rows = pooled(a, b);
        int cells = rows[0].length;
        if (cells < 2) {
            return Difference.NONE;
        }
        double total = a.texts() + b.texts();
        double statistic = 0;
        double vSquared = 0;
        for (int i = 0; i < cells; i++) {
            double p = rows[0][i];
            double q = rows[1][i];
            double both = (p * a.texts() + q * b.texts()) / total;
            if (both > 0) {
                statistic += (p - q) * (p - q) / both;
                vSquared += (p - q) * (p - q) / (p + q) / 2;
            }
        }
        statistic *= a.texts() * b.texts() / total;
        return new Difference(
                Math.min(1, Math.sqrt(vSquared)), RegularizedGamma.Q.value((cells - 1) / 2.0, statistic / 2));
    }

    /** Both rows with rare labels as one; where even together they are rare, with the next one as well. */
    private static double[][] pooled(Shares a, Shares b) {
        double total = a.texts() + b.texts();
        double fewest = Math.min(a.texts(), b.texts());
        int labels = a.parts().length;
        double[] expected = new double[labels];
        for (int i = 0; i < labels; i++) {
            expected[i] = fewest * (a.parts()[i] * a.texts() + b.parts()[i] * b.texts()) / total;
        }
        int[] rarestFirst = IntStream.range(0, labels)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> expected[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        double together = 0;
        int rare = 0;
        while (rare < labels
                && (expected[rarestFirst[rare]] < LEAST_EXPECTED || (rare > 0 && together < LEAST_EXPECTED))) {
            together += expected[rarestFirst[rare++]];
        }
        return new double[][] {row(a, rarestFirst, rare), row(b, rarestFirst, rare)};
    }

    private static double[] row(Shares shares, int[] order, int rare) {
        double pool = Arrays.stream(order, 0, rare)
                .mapToDouble(i -> shares.parts()[i])
                .sum();
        double[] kept = Arrays.stream(order, rare, order.length)
                .mapToDouble(i -> shares.parts()[i])
                .toArray();
        if (rare == 0) {
            return kept;
        }
        double[] row = Arrays.copyOf(kept, kept.length + 1);
        row[kept.length] = pool;
        return row;
    }
}
