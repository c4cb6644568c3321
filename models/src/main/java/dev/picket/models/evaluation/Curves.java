package dev.picket.models.evaluation;

import java.util.ArrayList;
import java.util.List;

/** What the plots draw. */
final class Curves {
    private Curves() {}

    /**
     * Rows whose confidence lies in one bin.
     *
     * @param confidence their mean; NaN without rows
     * @param accuracy the share of right ones; NaN without rows
     */
    record Bin(double low, double high, int rows, double confidence, double accuracy) {}

    /**
     * The error rate of the surest rows.
     *
     * @param coverage their share of all
     * @param confidence the least of them
     */
    record Point(double coverage, double risk, double confidence) {}

    static List<Bin> reliability(Answers answers) {
        double[] confidence = new double[Figures.BINS];
        int[] right = new int[Figures.BINS];
        int[] rows = new int[Figures.BINS];
        for (int row = 0; row < answers.rows(); row++) {
            int bin = Figures.bin(answers.confidence(row));
            confidence[bin] += answers.confidence(row);
            right[bin] += answers.right(row) ? 1 : 0;
            rows[bin]++;
        }
        List<Bin> bins = new ArrayList<>();
        for (int bin = 0; bin < Figures.BINS; bin++) {
            bins.add(new Bin(
                    (double) bin / Figures.BINS,
                    (bin + 1.0) / Figures.BINS,
                    rows[bin],
                    confidence[bin] / rows[bin],
                    (double) right[bin] / rows[bin]));
        }
        return bins;
    }

    /**
     * From the surest rows to all.
     *
     * @param most the most points; the last one, of all rows, is always among them
     */
    static List<Point> riskCoverage(Answers answers, int most) {
        List<Point> points = new ArrayList<>();
        int rows = answers.rows();
        int wrong = 0;
        int shown = 0;
        for (int place = 0, next; place < rows; place = next) {
            next = Figures.tieEnd(answers, place);
            for (int i = place; i < next; i++) {
                wrong += answers.right(answers.ranked(i)) ? 0 : 1;
            }
            if (next == rows || (long) next * most / rows > shown) {
                shown = (int) ((long) next * most / rows);
                points.add(new Point(
                        (double) next / rows, (double) wrong / next, answers.confidence(answers.ranked(place))));
            }
        }
        return points;
    }
}
