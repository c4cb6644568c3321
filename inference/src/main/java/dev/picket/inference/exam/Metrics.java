package dev.picket.inference.exam;

import java.util.List;

/**
 * The figures of merit of one task on labelled rows.
 *
 * <p>F1 of a label is {@code 2 TP / (2 TP + FP + FN)}, 0 where it is never right; macro-F1 is its plain mean over labels
 * (Opitz and Burst 2019, "averaged F1"). ECE is the mean gap between confidence and accuracy over equal-width bins,
 * weighted by rows (Guo et al. 2017, "On Calibration of Modern Neural Networks", equation 3).
 */
public final class Metrics {
    private final int[][] confusion;
    private final int rows;
    private final float[] confidences;
    private final boolean[] right;

    private Metrics(int[][] confusion, float[] confidences, boolean[] right) {
        this.confusion = confusion;
        this.rows = confidences.length;
        this.confidences = confidences;
        this.right = right;
    }

    /**
     * Counts rows.
     *
     * @param labels how many labels there are
     * @param truth the true label of each row, by its place in the list
     * @param probabilities of each row, one a label; the greatest is the prediction, the first of equals
     */
    public static Metrics of(int labels, List<Integer> truth, List<? extends List<? extends Number>> probabilities) {
        if (truth.size() != probabilities.size()) {
            throw new IllegalArgumentException(truth.size() + " truths for " + probabilities.size() + " predictions");
        }
        int[][] confusion = new int[labels][labels];
        float[] confidences = new float[truth.size()];
        boolean[] right = new boolean[truth.size()];
        for (int row = 0; row < truth.size(); row++) {
            List<? extends Number> distribution = probabilities.get(row);
            int best = 0;
            for (int label = 1; label < labels; label++) {
                if (distribution.get(label).doubleValue()
                        > distribution.get(best).doubleValue()) {
                    best = label;
                }
            }
            confusion[truth.get(row)][best]++;
            confidences[row] = distribution.get(best).floatValue();
            right[row] = best == truth.get(row);
        }
        return new Metrics(confusion, confidences, right);
    }

    public int rows() {
        return rows;
    }

    /** How often rows of one label were given another. */
    public int count(int truth, int predicted) {
        return confusion[truth][predicted];
    }

    /** Rows whose truth is the label. */
    public int rows(int label) {
        int sum = 0;
        for (int count : confusion[label]) {
            sum += count;
        }
        return sum;
    }

    /** The share of rows with the right label; NaN without rows. */
    public double accuracy() {
        int hits = 0;
        for (boolean hit : right) {
            hits += hit ? 1 : 0;
        }
        return rows == 0 ? Double.NaN : (double) hits / rows;
    }

    /** F1 of one label, 0 to 1. */
    public double f1(int label) {
        int predicted = 0;
        for (int[] truth : confusion) {
            predicted += truth[label];
        }
        int both = rows(label) + predicted;
        return both == 0 ? 0 : 2.0 * confusion[label][label] / both;
    }

    /**
     * The mean F1 of the labels that have enough rows to say anything.
     *
     * @param minRows a label with fewer does not count
     * @return 0 to 1; NaN where no label counts
     */
    public double macroF1(int minRows) {
        double sum = 0;
        int counted = 0;
        for (int label = 0; label < confusion.length; label++) {
            if (rows(label) >= minRows) {
                sum += f1(label);
                counted++;
            }
        }
        return counted == 0 ? Double.NaN : sum / counted;
    }

    /**
     * Expected calibration error of the confidence.
     *
     * @param bins of equal width; 15 is usual
     * @return 0 to 1; NaN without rows
     */
    public double calibrationError(int bins) {
        double[] gap = new double[bins];
        for (int row = 0; row < rows; row++) {
            int bin = Math.min(bins - 1, (int) (confidences[row] * bins));
            gap[bin] += confidences[row] - (right[row] ? 1 : 0);
        }
        double sum = 0;
        for (double g : gap) {
            sum += Math.abs(g);
        }
        return rows == 0 ? Double.NaN : sum / rows;
    }
}
