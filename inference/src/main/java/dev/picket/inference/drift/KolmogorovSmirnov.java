package dev.picket.inference.drift;

/**
 * Whether two samples of a number have the same distribution: the two-sample Kolmogorov-Smirnov test (Smirnov 1939). The effect is its
 * distance, the widest gap between the two distribution functions. The probability is Kolmogorov's limit with Stephens'
 * correction for small samples (Stephens 1970, "Use of the Kolmogorov-Smirnov, Cramér-von Mises and Related Statistics
 * Without Extensive Tables"; Press et al., "Numerical Recipes", section 14.3).
 *
 * <p>Numbers that fall into bins are ties: the distance over bins is never wider than that over the numbers, so the test
 * is on the safe side (Noether 1963).
 */
final class KolmogorovSmirnov {
    private static final int TERMS = 100;
    private static final double NEGLIGIBLE = 1e-12;
    /** Below it the series converges slowly, and the probability is 1 to twelve digits. */
    private static final double SMALLEST = 0.2;

    private KolmogorovSmirnov() {}

    static Difference between(Shares a, Shares b) {
        if (a.texts() == 0 || b.texts() == 0) {
            return Difference.NONE;
        }
        double gap = 0;
        double widest = 0;
        for (int i = 0; i < a.parts().length; i++) {
            gap += a.parts()[i] - b.parts()[i];
            widest = Math.max(widest, Math.abs(gap));
        }
        // Sums of parts end at 1 but for rounding.
        widest = Math.min(1, widest);
        double root = Math.sqrt(a.texts() * b.texts() / (a.texts() + b.texts()));
        return new Difference(widest, survival((root + 0.12 + 0.11 / root) * widest));
    }

    /** {@code 2 Σ (-1)^(j-1) exp(-2 j² λ²)}. */
    static double survival(double lambda) {
        if (lambda < SMALLEST) {
            return 1;
        }
        double sum = 0;
        double sign = 2;
        for (int j = 1; j <= TERMS; j++) {
            double term = Math.exp(-2.0 * j * j * lambda * lambda);
            sum += sign * term;
            sign = -sign;
            if (term < NEGLIGIBLE * Math.abs(sum)) {
                break;
            }
        }
        return Math.clamp(sum, 0, 1);
    }
}
