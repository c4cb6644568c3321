package dev.picket.agent.update;

import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import dev.picket.inference.exam.Metrics;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The gates of one task's exam, without running anything: agreement with the desk's labels, mean difference of
 * probability, macro-F1 against the release's claim.
 */
final class Exam {
    /** However wide the release and this gateway's configuration are. */
    private static final double LEAST_AGREEMENT = 0.98;

    private static final double MOST_MEAN_DIFFERENCE = 0.02;
    /** A label with fewer rows says nothing about F1. */
    private static final int MIN_ROWS_PER_LABEL = 10;
    /** A model that always says the same passes an exam of one label. */
    private static final int MIN_LABELS = 2;

    private final TaskManifest task;
    private final List<ExamRow> rows;
    private final double minAgreement;
    private final double maxMeanDifference;

    /** What was measured. */
    record Measured(int rows, double agreement, double meanDifference, double macroF1) {
        Map<String, Double> figures() {
            Map<String, Double> all = new LinkedHashMap<>();
            all.put("rows", (double) rows);
            all.put("agreement", agreement);
            all.put("meanDifference", meanDifference);
            all.put("macroF1", macroF1);
            return all;
        }

        String sentence() {
            return String.format(
                    Locale.ROOT,
                    "%d rows, agreement %.4f, mean difference %.4f, macro-F1 %.4f",
                    rows,
                    agreement,
                    meanDifference,
                    macroF1);
        }
    }

    /**
     * Makes an exam whose gates are the strictest of the design's, this gateway's and the release's.
     *
     * @param minAgreement the least that this gateway asks
     * @param maxMeanDifference the most that this gateway allows
     */
    Exam(TaskManifest task, List<ExamRow> rows, double minAgreement, double maxMeanDifference) {
        this.task = task;
        this.minAgreement =
                Math.max(LEAST_AGREEMENT, Math.max(minAgreement, task.exam().minAgreement()));
        this.maxMeanDifference = Math.min(
                MOST_MEAN_DIFFERENCE, Math.min(maxMeanDifference, task.exam().maxMeanDifference()));
        this.rows = List.copyOf(rows);
    }

    /**
     * Whether these rows can tell a good model from a bad one; asked before any is answered.
     *
     * @throws RejectedException EXAM_FAILED when they have too few labels with enough rows
     */
    void checkRows() throws RejectedException {
        long told = task.labelNames().stream()
                .filter(label ->
                        rows.stream().filter(row -> row.label().equals(label)).count() >= MIN_ROWS_PER_LABEL)
                .count();
        if (told < MIN_LABELS) {
            throw failed("has " + rows.size() + " rows with " + MIN_ROWS_PER_LABEL + " or more of " + told
                    + " labels, and needs them of " + MIN_LABELS);
        }
    }

    /** The figures of the answers, one a row. */
    Measured measure(List<Answer> answers) {
        if (answers.size() != rows.size()) {
            throw new IllegalArgumentException(rows.size() + " rows and " + answers.size() + " answers");
        }
        return new Measured(rows.size(), agreement(answers), meanDifference(answers), macroF1(answers));
    }

    /**
     * Holds the figures against the gates.
     *
     * @throws RejectedException EXAM_FAILED at the first gate that does not hold
     */
    void check(Measured measured) throws RejectedException {
        if (!(measured.agreement() >= minAgreement)) {
            throw failed(String.format(
                    Locale.ROOT,
                    "gave the desk's label to %.4f of the rows, and %.4f are asked",
                    measured.agreement(),
                    minAgreement));
        }
        if (!(measured.meanDifference() <= maxMeanDifference)) {
            throw failed(String.format(
                    Locale.ROOT,
                    "differs from the desk's probabilities by %.4f on average, and %.4f are allowed",
                    measured.meanDifference(),
                    maxMeanDifference));
        }
        checkClaim(measured, "task " + task.name());
    }

    /**
     * The last of the gates alone: macro-F1 against the release's claim.
     *
     * @param of who is examined, for people
     */
    void checkClaim(Measured measured, String of) throws RejectedException {
        // Labels that may differ from the desk's may cost as much of the claim.
        double claim = task.exam().macroF1() - (1 - minAgreement);
        if (!(measured.macroF1() >= claim)) {
            throw failed(
                    of,
                    String.format(
                            Locale.ROOT,
                            "reached a macro-F1 of %.4f, and the release claims %.4f",
                            measured.macroF1(),
                            task.exam().macroF1()));
        }
    }

    private double agreement(List<Answer> answers) {
        int same = 0;
        for (int i = 0; i < rows.size(); i++) {
            same += answers.get(i).label().equals(rows.get(i).deskLabel()) ? 1 : 0;
        }
        return (double) same / rows.size();
    }

    private double meanDifference(List<Answer> answers) {
        double sum = 0;
        long count = 0;
        for (int i = 0; i < rows.size(); i++) {
            List<Float> here = answers.get(i).probabilities();
            List<Double> desk = rows.get(i).deskProbabilities();
            for (int label = 0; label < desk.size(); label++) {
                sum += Math.abs(here.get(label) - desk.get(label));
                count++;
            }
        }
        return sum / count;
    }

    private double macroF1(List<Answer> answers) {
        List<String> labels = task.labelNames();
        List<Integer> truth = new ArrayList<>();
        List<List<Float>> probabilities = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            truth.add(labels.indexOf(rows.get(i).label()));
            probabilities.add(answers.get(i).probabilities());
        }
        return Metrics.of(labels.size(), truth, probabilities).macroF1(MIN_ROWS_PER_LABEL);
    }

    private RejectedException failed(String how) {
        return failed("task " + task.name(), how);
    }

    private static RejectedException failed(String of, String how) {
        return new RejectedException(Reason.EXAM_FAILED, "The exam of " + of + " " + how + ".");
    }
}
