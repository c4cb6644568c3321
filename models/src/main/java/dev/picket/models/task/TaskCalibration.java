package dev.picket.models.task;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import dev.picket.inference.exam.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Calibrates a task on labelled rows that it was not trained on: temperature and bias on one half of them, thresholds on the other, drift
 * baseline and exam on all. Everything runs through the INT4 base, adapter and head that the gateway runs, and is bound to them by the
 * scoring digest.
 */
public final class TaskCalibration {
    /** How often each row is asked about: for its scores, and for the drift baseline. */
    public static final int PASSES = 1 + DriftMeasure.PASSES;

    private static final double EXAM_SLACK = 0.02;
    private static final int MIN_EXAM_ROWS = 10;
    private static final int BINS = 15;
    private static final int MAX_EXAM_ROWS = 2_000;

    private final Path base;
    private final Path folder;
    private final double maxError;
    private final int examRowsPerLabel;
    private final double balance;

    /**
     * @param folder the task's, rewritten
     * @param maxError the error rate of accepted texts that the threshold must keep to
     * @param examRowsPerLabel the most rows of one label in the exam
     * @param balance how much rare labels count where temperature and bias are fitted, from 0 to 1: what they gain in recall is paid in
     *     accuracy and calibration
     */
    public TaskCalibration(Path base, Path folder, double maxError, int examRowsPerLabel, double balance) {
        this.base = base;
        this.folder = folder;
        this.maxError = maxError;
        this.examRowsPerLabel = examRowsPerLabel;
        this.balance = balance;
    }

    /**
     * What was made.
     *
     * @param fitRows that temperature and bias were fitted on
     * @param testRows that the thresholds were tested with
     * @param leftOut of the rows to test with, since they nearly stand among those fitted on
     * @param accepted of the rows tested with
     * @param acceptedWrong of those
     * @param errorBefore expected calibration error of the rows tested with, as the scores were
     * @param errorAfter the same with temperature and bias
     * @param rowsOfLabel fitted on, by label
     */
    public record Outcome(
            TaskManifest task,
            int fitRows,
            int testRows,
            int leftOut,
            int accepted,
            int acceptedWrong,
            double errorBefore,
            double errorAfter,
            List<Integer> rowsOfLabel) {}

    /** Fits on one half of the rows and tests with the other. */
    public Outcome run(List<LabelledText> rows, TaskDesk.Done done) throws IOException, BadArtefactException {
        Halves halves = Halves.of(rows);
        return run(halves.fit(), halves.test(), done);
    }

    /**
     * Fits, and writes exam.jsonl and task.json; the task's former calibration does not matter.
     *
     * @param fit rows for temperature and bias; the model may have been chosen by them
     * @param given rows for the thresholds, which had no part in anything; those that nearly stand in {@code fit} are left out
     */
    public Outcome run(List<LabelledText> fit, List<LabelledText> given, TaskDesk.Done done)
            throws IOException, BadArtefactException {
        List<LabelledText> test = without(fit, given);
        if (fit.isEmpty() || test.isEmpty()) {
            throw new BadArtefactException(
                    "There are " + fit.size() + " different texts to fit temperature and bias on and " + test.size()
                            + " to test thresholds with; give more rows.");
        }
        TaskManifest before;
        List<double[]> fitted;
        List<double[]> held;
        try (TaskDesk desk = TaskDesk.open(base, folder)) {
            before = desk.manifest();
            fitted = scored(desk, fit, done);
            held = scored(desk, test, done);
        }
        CalibrationFit found =
                CalibrationFit.of(fitted, fit.stream().map(LabelledText::label).toList(), balance);
        ThresholdRule rule = new ThresholdRule(before.labels(), maxError);
        List<ThresholdRule.Answer> answers = answers(found, test, held);
        TaskManifest.DecisionRule decision = rule.of(answers(found, fit, fitted), answers);
        TaskDraft.rewrite(folder, calibrated(before, found, decision, fit.size()), List.of());
        List<LabelledText> all = new ArrayList<>(fit);
        all.addAll(test);
        TaskManifest whole = examined(DriftMeasure.of(base, folder, all, done), all);
        List<ThresholdRule.Answer> accepted = rule.accepted(decision, answers);
        CalibrationFit none =
                new CalibrationFit(1, Collections.nCopies(before.labels().size(), 0.0));
        return new Outcome(
                whole,
                fit.size(),
                test.size(),
                given.size() - test.size(),
                accepted.size(),
                (int) accepted.stream().filter(each -> !each.right()).count(),
                calibrationError(none, test, held),
                calibrationError(found, test, held),
                rowsOfLabel(before, fit));
    }

    private static List<LabelledText> without(List<LabelledText> fit, List<LabelledText> given) {
        Set<String> keys = fit.stream().map(row -> TextKey.of(row.text())).collect(Collectors.toSet());
        return given.stream()
                .filter(row -> !keys.contains(TextKey.of(row.text())))
                .toList();
    }

    /** Scores before calibration. */
    private static List<double[]> scored(TaskDesk desk, List<LabelledText> rows, TaskDesk.Done done)
            throws BadArtefactException {
        List<double[]> scored = new ArrayList<>();
        for (LabelledText row : rows) {
            scored.add(desk.scores(row));
            done.one();
        }
        return scored;
    }

    private static List<ThresholdRule.Answer> answers(
            CalibrationFit fit, List<LabelledText> rows, List<double[]> scores) {
        List<ThresholdRule.Answer> answers = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            double[] p = fit.apply(scores.get(row));
            int best = best(p);
            LabelledText text = rows.get(row);
            answers.add(new ThresholdRule.Answer(TextKey.of(text.text()), best, p[best], best == text.label()));
        }
        return answers;
    }

    private static double calibrationError(CalibrationFit fit, List<LabelledText> rows, List<double[]> scores) {
        return Metrics.of(
                        scores.getFirst().length,
                        rows.stream().map(LabelledText::label).toList(),
                        scores.stream()
                                .map(each ->
                                        Arrays.stream(fit.apply(each)).boxed().toList())
                                .toList())
                .calibrationError(BINS);
    }

    private static List<Integer> rowsOfLabel(TaskManifest task, List<LabelledText> rows) {
        Integer[] counts = new Integer[task.labels().size()];
        Arrays.fill(counts, 0);
        rows.forEach(row -> counts[row.label()]++);
        return List.of(counts);
    }

    private static TaskManifest calibrated(
            TaskManifest before, CalibrationFit fit, TaskManifest.DecisionRule decision, int fitRows) {
        return with(
                before,
                new TaskManifest.Calibration(
                        fit.temperature(),
                        fit.bias(),
                        before.scoringDigest(),
                        fitRows,
                        TaskDraft.PROVIDER,
                        TaskDraft.processor()),
                decision,
                before.exam());
    }

    /** The first rows of each label with what the calibrated task answers; the claim is a little below its macro-F1. */
    private TaskManifest examined(TaskManifest task, List<LabelledText> rows) throws IOException, BadArtefactException {
        int[] taken = new int[task.labels().size()];
        int most = Math.max(MIN_EXAM_ROWS, Math.min(examRowsPerLabel, MAX_EXAM_ROWS / taken.length));
        List<ExamRow> exam = new ArrayList<>();
        List<Integer> truth = new ArrayList<>();
        List<List<Float>> answers = new ArrayList<>();
        try (TaskDesk desk = TaskDesk.open(base, folder)) {
            for (LabelledText row : rows) {
                if (exam.size() < MAX_EXAM_ROWS && taken[row.label()]++ < most) {
                    Classification answer = desk.classify(row);
                    List<Double> desks = answer.probabilities().stream()
                            .map(Float::doubleValue)
                            .toList();
                    exam.add(new ExamRow(row.text(), task.labelNames().get(row.label()), answer.label(), desks));
                    truth.add(row.label());
                    answers.add(answer.probabilities());
                }
            }
        }
        double reached = Metrics.of(taken.length, truth, answers).macroF1(MIN_EXAM_ROWS);
        double claim = Math.max(0, Math.floor((reached - EXAM_SLACK) * 100) / 100);
        TaskManifest.ExamGates gates = task.exam();
        TaskManifest whole = with(
                task,
                task.calibration(),
                task.decision(),
                new TaskManifest.ExamGates(
                        gates.minAgreement(),
                        gates.maxMeanDifference(),
                        Double.isNaN(claim) ? 0 : claim,
                        gates.maxLatencyRatio()));
        TaskDraft.rewrite(folder, whole, exam);
        return whole;
    }

    private static TaskManifest with(
            TaskManifest task,
            TaskManifest.Calibration calibration,
            TaskManifest.DecisionRule decision,
            TaskManifest.ExamGates exam) {
        return new TaskManifest(
                task.name(),
                task.version(),
                task.base(),
                task.labels(),
                task.scoring(),
                task.prompt(),
                calibration,
                decision,
                task.drift(),
                exam,
                task.maxChange(),
                task.cascade(),
                task.files());
    }

    private static int best(double[] p) {
        int best = 0;
        for (int i = 1; i < p.length; i++) {
            best = p[i] > p[best] ? i : best;
        }
        return best;
    }
}
