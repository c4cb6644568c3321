package dev.picket.models.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Percentile intervals by resampling rows with replacement (Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13). The
 * same seed gives the same resamples, and all candidates are asked about the same ones, so a difference between two is a paired one.
 */
final class Bootstrap {
    private static final double LOW = 0.025;
    private static final double HIGH = 0.975;

    private final long seed;
    private final int resamples;

    Bootstrap(long seed, int resamples) {
        this.seed = seed;
        this.resamples = resamples;
    }

    /** Every figure of each candidate with its interval, and of each but the first how much it is above the first. */
    record Result(List<List<Estimate>> figures, List<List<Estimate>> differences) {}

    /** @param candidates on the same rows in the same order */
    Result of(List<Answers> candidates) {
        List<double[][]> drawn = draw(candidates);
        List<double[]> plain =
                candidates.stream().map(each -> Figures.of(each).values()).toList();
        List<List<Estimate>> figures = new ArrayList<>();
        List<List<Estimate>> differences = new ArrayList<>();
        for (int i = 0; i < candidates.size(); i++) {
            figures.add(estimates(plain.get(i), drawn.get(i)));
            if (i > 0) {
                differences.add(
                        estimates(minus(plain.get(i), plain.getFirst()), minus(drawn.get(i), drawn.getFirst())));
            }
        }
        return new Result(figures, differences);
    }

    private List<double[][]> draw(List<Answers> candidates) {
        int rows = candidates.getFirst().rows();
        SplittableRandom random = new SplittableRandom(seed);
        List<double[][]> drawn = new ArrayList<>();
        candidates.forEach(_ -> drawn.add(new double[resamples][]));
        int[] weights = new int[rows];
        for (int sample = 0; sample < resamples; sample++) {
            Arrays.fill(weights, 0);
            for (int i = 0; i < rows; i++) {
                weights[random.nextInt(rows)]++;
            }
            for (int i = 0; i < candidates.size(); i++) {
                drawn.get(i)[sample] = Figures.of(candidates.get(i), weights).values();
            }
        }
        return drawn;
    }

    private static List<Estimate> estimates(double[] plain, double[][] drawn) {
        List<Estimate> estimates = new ArrayList<>();
        for (int figure = 0; figure < plain.length; figure++) {
            int at = figure;
            double[] sorted = Arrays.stream(drawn)
                    .mapToDouble(sample -> sample[at])
                    .filter(value -> !Double.isNaN(value))
                    .sorted()
                    .toArray();
            estimates.add(new Estimate(plain[figure], percentile(sorted, LOW), percentile(sorted, HIGH)));
        }
        return estimates;
    }

    /** By linear interpolation between the two nearest; NaN of nothing. */
    static double percentile(double[] sorted, double share) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    private static double[][] minus(double[][] left, double[][] right) {
        double[][] difference = new double[left.length][];
        for (int i = 0; i < left.length; i++) {
            difference[i] = minus(left[i], right[i]);
        }
        return difference;
    }

    private static double[] minus(double[] left, double[] right) {
        double[] difference = new double[left.length];
        for (int i = 0; i < left.length; i++) {
            difference[i] = left[i] - right[i];
        }
        return difference;
    }
}
