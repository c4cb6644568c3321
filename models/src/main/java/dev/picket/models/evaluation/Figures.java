package dev.picket.models.evaluation;

import java.util.Arrays;

/**
 * The figures of merit of one task on weighted rows; NaN for what the rows do not say.
 *
 * <p>Precision, recall and F1 per label; macro-F1 is the plain mean over labels that have rows (Opitz and Burst 2019). ECE is the mean gap of
 * confidence and accuracy over 15 bins of equal width (Guo et al. 2017, equation 3). AURC is the mean, over all shares of rows from the
 * surest one on, of the error rate among them (Geifman and El-Yaniv 2017); rows of equal confidence share their errors.
 */
final class Figures {
    static final int ACCURACY = 0;
    static final int MACRO_F1 = 1;
    static final int ECE = 2;
    static final int AURC = 3;
    static final int ACCEPTED = 4;
    static final int ACCEPTED_ERROR = 5;
    private static final int LABELS = 6;
    private static final int PER_LABEL = 3;
    static final int BINS = 15;

    /** In the order {@link #ACCURACY} to {@link #ACCEPTED_ERROR}, then precision, recall and F1 of each label. */
    private final double[] values;

    private Figures(double[] values) {
        this.values = values;
    }

    static Figures of(Answers answers) {
        int[] once = new int[answers.rows()];
        Arrays.fill(once, 1);
        return of(answers, once);
    }

    /** @param weights how often each row counts */
    static Figures of(Answers answers, int[] weights) {
        double[] values = new double[count(answers.labels())];
        counted(answers, weights, values);
        values[ECE] = calibrationError(answers, weights);
        values[AURC] = riskUnderCoverage(answers, weights);
        return new Figures(values);
    }

    private static void counted(Answers answers, int[] weights, double[] values) {
        int[] hit = new int[answers.labels()];
        int[] there = new int[answers.labels()];
        int[] said = new int[answers.labels()];
        long all = 0;
        long right = 0;
        long accepted = 0;
        long wrong = 0;
        for (int row = 0; row < answers.rows(); row++) {
            int weight = weights[row];
            int miss = answers.right(row) ? 0 : weight;
            all += weight;
            right += weight - miss;
            there[answers.truth(row)] += weight;
            said[answers.guess(row)] += weight;
            hit[answers.truth(row)] += weight - miss;
            accepted += answers.accepted(row) ? weight : 0;
            wrong += answers.accepted(row) ? miss : 0;
        }
        double sum = 0;
        int counts = 0;
        for (int label = 0; label < hit.length; label++) {
            int at = precision(label);
            values[at] = (double) hit[label] / said[label];
            values[at + 1] = (double) hit[label] / there[label];
            values[at + 2] = 2.0 * hit[label] / (said[label] + there[label]);
            sum += there[label] > 0 ? values[at + 2] : 0;
            counts += there[label] > 0 ? 1 : 0;
        }
        values[ACCURACY] = (double) right / all;
        values[MACRO_F1] = sum / counts;
        values[ACCEPTED] = (double) accepted / all;
        values[ACCEPTED_ERROR] = (double) wrong / accepted;
    }

    private static double calibrationError(Answers answers, int[] weights) {
        double[] gap = new double[BINS];
        long all = 0;
        for (int row = 0; row < answers.rows(); row++) {
            gap[bin(answers.confidence(row))] +=
                    weights[row] * (answers.confidence(row) - (answers.right(row) ? 1 : 0));
            all += weights[row];
        }
        return Arrays.stream(gap).map(Math::abs).sum() / all;
    }

    static int bin(float confidence) {
        return Math.min(BINS - 1, (int) (confidence * BINS));
    }

    private static double riskUnderCoverage(Answers answers, int[] weights) {
        double sum = 0;
        long covered = 0;
        long wrong = 0;
        for (int place = 0, next; place < answers.rows(); place = next) {
            next = tieEnd(answers, place);
            long tied = 0;
            long tiedWrong = 0;
            for (int i = place; i < next; i++) {
                int row = answers.ranked(i);
                tied += weights[row];
                tiedWrong += answers.right(row) ? 0 : weights[row];
            }
            for (long i = 1; i <= tied; i++) {
                sum += (wrong + (double) tiedWrong * i / tied) / (covered + i);
            }
            covered += tied;
            wrong += tiedWrong;
        }
        return sum / covered;
    }

    /** The first place behind the rows that are as sure as the one at this place. */
    static int tieEnd(Answers answers, int place) {
        int next = place + 1;
        float confidence = answers.confidence(answers.ranked(place));
        while (next < answers.rows() && answers.confidence(answers.ranked(next)) == confidence) {
            next++;
        }
        return next;
    }

    /** One number a figure, not a copy. */
    double[] values() {
        return values;
    }

    /** How many figures there are of so many labels. */
    static int count(int labels) {
        return LABELS + PER_LABEL * labels;
    }

    /** Where the precision of a label stands: of the rows that were given it, how many have it. */
    static int precision(int label) {
        return LABELS + PER_LABEL * label;
    }

    static int recall(int label) {
        return precision(label) + 1;
    }

    static int f1(int label) {
        return precision(label) + 2;
    }
}
