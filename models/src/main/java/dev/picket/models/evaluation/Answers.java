package dev.picket.models.evaluation;

import dev.picket.inference.Classification;
import dev.picket.inference.Decision;
import dev.picket.models.task.LabelledText;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** What a task answered to labelled rows, as columns, so that a resample is a list of weights. */
final class Answers {
    private final int labels;
    private final int[] truth;
    private final int[] guess;
    private final float[] confidence;
    private final boolean[] accepted;
    private final long[] nanos;
    /** Rows by falling confidence. */
    private final int[] order;

    /** With columns to be filled. */
    private Answers(int labels, int rows) {
        this.labels = labels;
        this.truth = new int[rows];
        this.guess = new int[rows];
        this.confidence = new float[rows];
        this.accepted = new boolean[rows];
        this.nanos = new long[rows];
        this.order = new int[rows];
    }

    private Answers ordered() {
        Integer[] byConfidence = new Integer[truth.length];
        Arrays.setAll(byConfidence, row -> row);
        Arrays.sort(byConfidence, Comparator.comparingDouble(row -> -confidence[row]));
        Arrays.setAll(order, place -> byConfidence[place]);
        return this;
    }

    /**
     * Makes columns of answers.
     *
     * @param labels whose order counts; each answer may have them in another
     * @param answers one a row
     */
    static Answers of(List<String> labels, List<LabelledText> rows, List<Classification> answers) {
        Answers made = new Answers(labels.size(), rows.size());
        for (int row = 0; row < rows.size(); row++) {
            Classification answer = answers.get(row);
            made.truth[row] = rows.get(row).label();
            made.guess[row] = labels.indexOf(answer.label());
            made.confidence[row] = answer.confidence();
            made.accepted[row] = answer.decision() instanceof Decision.Accept;
            made.nanos[row] = answer.latencyNanos();
        }
        return made.ordered();
    }

    /** Some of the rows. */
    Answers of(int[] rows) {
        Answers some = new Answers(labels, rows.length);
        for (int i = 0; i < rows.length; i++) {
            some.truth[i] = truth[rows[i]];
            some.guess[i] = guess[rows[i]];
            some.confidence[i] = confidence[rows[i]];
            some.accepted[i] = accepted[rows[i]];
            some.nanos[i] = nanos[rows[i]];
        }
        return some.ordered();
    }

    int rows() {
        return truth.length;
    }

    int labels() {
        return labels;
    }

    int truth(int row) {
        return truth[row];
    }

    int guess(int row) {
        return guess[row];
    }

    boolean right(int row) {
        return truth[row] == guess[row];
    }

    float confidence(int row) {
        return confidence[row];
    }

    boolean accepted(int row) {
        return accepted[row];
    }

    /** The row at a place of the list by falling confidence. */
    int ranked(int place) {
        return order[place];
    }

    /** Rows that both give the same label. */
    int sameLabels(Answers other) {
        int same = 0;
        for (int row = 0; row < guess.length; row++) {
            same += guess[row] == other.guess[row] ? 1 : 0;
        }
        return same;
    }

    /** How often rows of one label were given another. */
    int[][] confusion() {
        int[][] counts = new int[labels][labels];
        for (int row = 0; row < truth.length; row++) {
            counts[truth[row]][guess[row]]++;
        }
        return counts;
    }

    /** The time within which that share of the texts was answered, in milliseconds. */
    double latencyMillis(double share) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        int place = (int) Math.ceil(share * sorted.length) - 1;
        return sorted[Math.max(0, place)] / 1e6;
    }
}
