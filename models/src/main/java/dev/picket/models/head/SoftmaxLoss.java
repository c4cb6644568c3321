package dev.picket.models.head;

import java.util.Arrays;

/**
 * Multinomial logistic regression: the mean negative log likelihood of the rows, each label weighing the same whatever its rows, and half the
 * L2 times the squares of all weights but the biases.
 */
final class SoftmaxLoss implements Lbfgs.Loss {
    private final Features features;
    private final int[] truth;
    private final int labels;
    private final double l2;
    private final double[] weights;

    /** @param truth each row's label */
    SoftmaxLoss(Features features, int[] truth, int labels, double l2) {
        this.features = features;
        this.truth = truth;
        this.labels = labels;
        this.l2 = l2;
        int[] counts = new int[labels];
        for (int label : truth) {
            counts[label]++;
        }
        long present = Arrays.stream(counts).filter(count -> count > 0).count();
        this.weights = Arrays.stream(counts)
                .mapToDouble(count -> count == 0 ? 0 : 1.0 / (present * count))
                .toArray();
    }

    @Override
    public double at(double[] at, double[] slope) {
        Arrays.fill(slope, 0);
        int each = features.parameters();
        double sum = 0;
        double[] p = new double[labels];
        for (int row = 0; row < truth.length; row++) {
            probabilities(features, row, at, p);
            double weight = weights[truth[row]];
            sum -= weight * Math.log(Math.max(1e-300, p[truth[row]]));
            for (int label = 0; label < labels; label++) {
                double error = p[label] - (label == truth[row] ? 1 : 0);
                features.addTo(slope, label * each, row, weight * error);
            }
        }
        for (int i = 0; i < at.length; i++) {
            if (i % each != each - 1) {
                sum += l2 / 2 * at[i] * at[i];
                slope[i] += l2 * at[i];
            }
        }
        return sum;
    }

    /** @param p filled, one a label */
    static void probabilities(Features features, int row, double[] at, double[] p) {
        double most = Double.NEGATIVE_INFINITY;
        for (int label = 0; label < p.length; label++) {
            p[label] = features.score(row, at, label * features.parameters());
            most = Math.max(most, p[label]);
        }
        double sum = 0;
        for (int label = 0; label < p.length; label++) {
            p[label] = Math.exp(p[label] - most);
            sum += p[label];
        }
        for (int label = 0; label < p.length; label++) {
            p[label] /= sum;
        }
    }
}
