package dev.picket.models.task;

import dev.picket.inference.codec.TaskManifest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The least confidence at which the error rate of accepted texts is bounded with a confidence of 95 %.
 *
 * <pre>
 *   rows that the temperature was fitted on  ->  ladder: thresholds from strict to loose, by ranks of the confidences
 *   other rows                               ->  each rung is tested in turn; the last one before the first failure counts
 * </pre>
 *
 * A rung holds when the exact upper bound of its error rate (Clopper and Pearson 1934, one-sided) is not above what is allowed. Since the order
 * is fixed before the second rows are looked at, each test may use the whole level, and a threshold whose true error rate is too high is chosen
 * with a probability of at most 5 % (fixed-sequence testing: Bauer 1991; for risks of models: Angelopoulos et al. 2021, "Learn then Test",
 * section 3). The first rung is loose enough that so many rows can be expected above it that an error or two do not end the walk.
 */
final class ThresholdChoice {
    private static final double LEVEL = 0.05;
    private static final int RUNGS = 20;
    private static final int SPARE_ERRORS = 2;
    private static final double SPARE_ROWS = 1.1;
    private static final int HALVINGS = 40;
    private static final double GRAIN = 1e6;

    private final double maxError;
    private final int leastAccepted;
    private final double rowsWithoutError;
    private final double rowsWithSpareErrors;

    /**
     * @param maxError the error rate that must not be exceeded
     * @param leastAccepted a rung that accepts fewer rows does not hold
     */
    ThresholdChoice(double maxError, int leastAccepted) {
        this.maxError = maxError;
        this.leastAccepted = leastAccepted;
        this.rowsWithoutError = rowsWith(0, maxError);
        this.rowsWithSpareErrors = rowsWith(SPARE_ERRORS, maxError);
    }

    /** What a row's most probable label was worth. */
    record Guess(double confidence, boolean right) {}

    /**
     * Thresholds from strict to loose; none where too few rows can be expected above even the loosest.
     *
     * @param confidences of the rows that temperature and bias were fitted on
     * @param ratio rows to test with by rows fitted on
     */
    List<Double> ladder(List<Double> confidences, double ratio) {
        List<Double> falling = new ArrayList<>(confidences);
        falling.sort(Collections.reverseOrder());
        double expected = falling.size() * ratio;
        double wished = Math.min(rowsWithSpareErrors, expected / 2);
        int start = (int) Math.ceil(Math.max(Math.max(rowsWithoutError, leastAccepted) * SPARE_ROWS, wished) / ratio);
        List<Double> rungs = new ArrayList<>();
        for (int rung = 0; rung < RUNGS && start <= falling.size(); rung++) {
            int rank = start + (int) ((long) (falling.size() - start) * rung / (RUNGS - 1));
            double threshold = Math.floor(falling.get(rank - 1) * GRAIN) / GRAIN;
            if (rungs.isEmpty() || threshold < rungs.getLast()) {
                rungs.add(threshold);
            }
        }
        return rungs;
    }

    /** The least rows among which that many errors are still allowed. */
    private static double rowsWith(int errors, double maxError) {
        int rows = errors + 1;
        while (upperBound(errors, rows, LEVEL) > maxError && rows < Integer.MAX_VALUE / 2) {
            rows = rows < 1000 ? rows + 1 : rows + rows / 100;
        }
        return rows;
    }

    /**
     * Walks the ladder.
     *
     * @param guesses about rows that had no part in choosing the model, its temperature or the ladder
     * @return null where not even the first rung holds
     */
    TaskManifest.@Nullable Threshold of(List<Double> ladder, List<Guess> guesses) {
        TaskManifest.Threshold held = null;
        for (double threshold : ladder) {
            List<Guess> accepted = guesses.stream()
                    .filter(each -> accepts(threshold, each.confidence()))
                    .toList();
            double bound = bound(accepted);
            if (accepted.size() < leastAccepted || bound > maxError) {
                return held;
            }
            held = new TaskManifest.Threshold(threshold, guesses.size(), bound);
        }
        return held;
    }

    /** As the gateway does it, whose probabilities are float32. */
    static boolean accepts(double threshold, double confidence) {
        return (float) confidence >= threshold;
    }

    /** With a confidence of 95 % the error rate of such rows is not above this. */
    static double bound(List<Guess> accepted) {
        int wrong = (int) accepted.stream().filter(each -> !each.right()).count();
        return upperBound(wrong, accepted.size(), LEVEL);
    }

    /** The rate p at which so few errors or fewer would be seen with the probability of the level only. */
    static double upperBound(int errors, int trials, double level) {
        if (errors >= trials) {
            return 1;
        }
        double low = (double) errors / trials;
        double high = 1;
        for (int i = 0; i < HALVINGS; i++) {
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
        double odds = Math.log(p) - Math.log1p(-p);
        double sum = Math.exp(term);
        for (int k = 1; k <= errors; k++) {
            term += Math.log((double) (trials - k + 1) / k) + odds;
            sum += Math.exp(term);
        }
        return sum;
    }
}
