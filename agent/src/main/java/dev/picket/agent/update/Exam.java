package dev.picket.agent.update;

import dev.picket.inference.Classification;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import dev.picket.inference.exam.Metrics;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The gates of one task's exam, without running anything: agreement with the desk's labels, mean difference of
 * probability, macro-F1 against the release's claim.
 */
final class Exam {
    /** A label with fewer rows says nothing about F1. */
    private static final int MIN_ROWS_PER_LABEL = 10;

    private final TaskManifest task;
    private final List<ExamRow> rows;
    private final double minAgreement;
    private final double maxMeanDifference;

    /**
     * Makes an exam whose gates are those of the release, but never wider than this gateway's.
     *
     * @param minAgreement the least that this gateway asks, whatever the release says
     * @param maxMeanDifference the most that this gateway allows
     */
    Exam(TaskManifest task, List<ExamRow> rows, double minAgreement, double maxMeanDifference) {
        this.task = task;
        this.minAgreement = Math.max(minAgreement, task.exam().minAgreement());
        this.maxMeanDifference = Math.min(maxMeanDifference, task.exam().maxMeanDifference());
        this.rows = List.copyOf(rows);
    }

    /**
     * Holds the answers, one a row, against the gates.
     *
     * @return the numbers, as one sentence
     * @throws RejectedException EXAM_FAILED at the first gate that does not hold
     */
    String check(List<Classification> answers) throws RejectedException {
        if (rows.isEmpty() || answers.size() != rows.size()) {
            throw failed("has " + rows.size() + " rows and " + answers.size() + " answers");
        }
        double agreement = agreement(answers);
        double difference = meanDifference(answers);
        double f1 = macroF1(answers);
        if (agreement < minAgreement) {
            throw failed(String.format(
                    Locale.ROOT,
                    "gave the desk's label to %.4f of the rows, and %.4f are asked",
                    agreement,
                    minAgreement));
        }
        if (!(difference <= maxMeanDifference)) {
            throw failed(String.format(
                    Locale.ROOT,
                    "differs from the desk's probabilities by %.4f on average, and %.4f are allowed",
                    difference,
                    maxMeanDifference));
        }
        // Labels that may differ from the desk's may cost as much of the claim.
        double claim = task.exam().macroF1() - (1 - minAgreement);
        if (!Double.isNaN(f1) && f1 < claim) {
            throw failed(String.format(
                    Locale.ROOT,
                    "reached a macro-F1 of %.4f, and the release claims %.4f",
                    f1,
                    task.exam().macroF1()));
        }
        return String.format(
                Locale.ROOT,
                "Task %s: %d rows, agreement %.4f, mean difference %.4f, macro-F1 %.4f.",
                task.name(),
                rows.size(),
                agreement,
                difference,
                f1);
    }

    private double agreement(List<Classification> answers) {
        int same = 0;
        for (int i = 0; i < rows.size(); i++) {
            same += answers.get(i).label().equals(rows.get(i).deskLabel()) ? 1 : 0;
        }
        return (double) same / rows.size();
    }

    private double meanDifference(List<Classification> answers) {
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

    private double macroF1(List<Classification> answers) {
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
        return new RejectedException(Reason.EXAM_FAILED, "The exam of task " + task.name() + " " + how + ".");
    }
}
