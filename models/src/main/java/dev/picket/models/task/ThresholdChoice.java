package dev.picket.models.task;

import dev.picket.inference.codec.TaskManifest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The least confidence at which the error rate of accepted texts is bounded. Each threshold of a fixed grid is tested
 * with an exact one-sided binomial bound (Clopper and Pearson 1934) at the level 0.05 / size of the grid, so the chosen one
 * holds although several were looked at (Angelopoulos et al. 2021, "Learn then Test", section 2, with Bonferroni).
 */
final class ThresholdChoice {
    private static final List<Double> GRID = List.of(0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99);
    private static final double LEVEL = 0.05;

    private ThresholdChoice() {}

    /**
     * @param confidences of rows that the calibration was not fitted on
     * @param right whether each was right
     * @param maxError the error rate that must not be exceeded
     * @return null where no threshold of the grid can be shown to keep to it
     */
    static TaskManifest.@Nullable Threshold of(List<Double> confidences, List<Boolean> right, double maxError) {
        for (double threshold : GRID) {
            int accepted = 0;
            int wrong = 0;
            for (int row = 0; row < confidences.size(); row++) {
                if (confidences.get(row) >= threshold) {
                    accepted++;
                    wrong += right.get(row) ? 0 : 1;
                }
            }
            double bound = upperBound(wrong, accepted, LEVEL / GRID.size());
            if (bound <= maxError) {
                return new TaskManifest.Threshold(threshold, confidences.size(), bound);
            }
        }
        return null;
    }

    /** The rate p at which so few errors or fewer would be seen with the probability of the level only. */
    static double upperBound(int errors, int trials, double level) {
        if (errors >= trials) {
            return 1;
        }
        double low = (double) errors / trials;
        double high = 1;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (atMost(errors, trials, middle) > level) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    private static double atMost(int errors, int trials, double p) {
        double term = trials * Math.log1p(-p);
        double sum = Math.exp(term);
        for (int k = 1; k <= errors; k++) {
            term += Math.log((double) (trials - k + 1) / k) + Math.log(p) - Math.log1p(-p);
            sum += Math.exp(term);
        }
        return sum;
    }
}
