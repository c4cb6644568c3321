package dev.picket.models.task;

import java.util.Arrays;
import java.util.List;

/**
 * Temperature and bias per label by the least negative log likelihood: {@code p = softmax(logits / temperature + bias)}
 * (temperature and vector scaling, Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2). With
 * a = 1 / temperature the loss is convex in (a, bias); it is walked down by gradient with backtracking. A small pull of
 * the biases to zero keeps labels with few rows from running away.
 *
 * @param bias one a label, summing to 0
 */
record CalibrationFit(double temperature, List<Double> bias) {
    private static final int MAX_STEPS = 3000;
    private static final double PULL = 1e-3;
    /** Rows that are all told apart would have no end to it. */
    private static final double LEAST_SLOPE = 1e-2;

    private static final double MOST_SLOPE = 1e2;
    private static final double ENOUGH = 1e-9;

    /**
     * Fits.
     *
     * @param logits one list a row, one number a label; anything that differs from them by a constant a row does as well
     * @param balance from 0, where each row counts the same and probabilities are those of the rows' mix of labels, to 1, where each label
     *     counts the same; between them a row counts by that power of how rare its label is
     */
    static CalibrationFit of(List<double[]> logits, List<Integer> truth, double balance) {
        return of(logits, truth, weights(truth, logits.getFirst().length, balance));
    }

    /** One a row, their sum being 1. */
    private static double[] weights(List<Integer> truth, int labels, double balance) {
        double[] counts = new double[labels];
        truth.forEach(label -> counts[label]++);
        double[] weights = truth.stream()
                .mapToDouble(label -> Math.pow(counts[label], -balance))
                .toArray();
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    private static CalibrationFit of(List<double[]> logits, List<Integer> truth, double[] weights) {
        int labels = logits.getFirst().length;
        double[] at = new double[labels + 1];
        at[0] = 1;
        double loss = loss(at, logits, truth, weights);
        double step = 1;
        for (int n = 0; n < MAX_STEPS && step > ENOUGH; n++) {
            double[] slope = slope(at, logits, truth, weights);
            double[] next = at.clone();
            for (int i = 0; i < at.length; i++) {
                next[i] -= step * slope[i];
            }
            next[0] = Math.clamp(next[0], LEAST_SLOPE, MOST_SLOPE);
            double there = loss(next, logits, truth, weights);
            if (there < loss) {
                at = next;
                loss = there;
                step *= 1.5;
            } else {
                step /= 4;
            }
        }
        double mean = Arrays.stream(at, 1, at.length).average().orElse(0);
        return new CalibrationFit(
                1 / at[0],
                Arrays.stream(at, 1, at.length).map(b -> b - mean).boxed().toList());
    }

    /** Probabilities of one row. */
    double[] apply(double[] logits) {
        double[] at = new double[logits.length + 1];
        at[0] = 1 / temperature;
        for (int i = 0; i < logits.length; i++) {
            at[i + 1] = bias.get(i);
        }
        return probabilities(at, logits);
    }

    private static double[] probabilities(double[] at, double[] logits) {
        double[] p = new double[logits.length];
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < p.length; i++) {
            p[i] = at[0] * logits[i] + at[i + 1];
            most = Math.max(most, p[i]);
        }
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp(p[i] - most);
            sum += p[i];
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
        return p;
    }

    private static double loss(double[] at, List<double[]> logits, List<Integer> truth, double[] weights) {
        double sum = 0;
        for (int row = 0; row < logits.size(); row++) {
            sum -= weights[row] * Math.log(Math.max(1e-300, probabilities(at, logits.get(row))[truth.get(row)]));
        }
        double pull = Arrays.stream(at, 1, at.length).map(b -> b * b).sum();
        return sum + PULL * pull;
    }

    private static double[] slope(double[] at, List<double[]> logits, List<Integer> truth, double[] weights) {
        double[] slope = new double[at.length];
        for (int row = 0; row < logits.size(); row++) {
            double[] z = logits.get(row);
            double[] p = probabilities(at, z);
            for (int i = 0; i < p.length; i++) {
                double error = (p[i] - (truth.get(row) == i ? 1 : 0)) * weights[row];
                slope[0] += error * z[i];
                slope[i + 1] += error;
            }
        }
        for (int i = 1; i < at.length; i++) {
            slope[i] += 2 * PULL * at[i];
        }
        return slope;
    }
}
