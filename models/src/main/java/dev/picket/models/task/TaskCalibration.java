package dev.picket.models.task;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.codec.DriftBaseline;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import dev.picket.inference.exam.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calibrates a task on labelled rows that it was not trained on: temperature and bias on every other row of each label,
 * the threshold on the rest, drift baseline and exam on all of them. Everything runs through the INT4 base, adapter and
 * head that the gateway runs, and is bound to them by the scoring digest.
 */
public final class TaskCalibration {
    private static final double EXAM_SLACK = 0.02;

    private final Path base;
    private final Path folder;
    private final double maxError;
    private final int examRowsPerLabel;

    /**
     * @param folder the task's, rewritten
     * @param maxError the error rate of accepted texts that the threshold must keep to
     * @param examRowsPerLabel the most rows of one label in the exam
     */
    public TaskCalibration(Path base, Path folder, double maxError, int examRowsPerLabel) {
        this.base = base;
        this.folder = folder;
        this.maxError = maxError;
        this.examRowsPerLabel = examRowsPerLabel;
    }

    /** Fits, and writes exam.jsonl and task.json; the task's former calibration does not matter. */
    public TaskManifest run(List<LabelledText> rows, TaskDesk.Done done) throws IOException, BadArtefactException {
        TaskManifest before;
        List<double[]> scores = new ArrayList<>();
        try (TaskDesk desk = TaskDesk.open(base, folder)) {
            before = desk.manifest();
            for (LabelledText row : rows) {
                scores.add(desk.scores(row));
                done.one();
            }
        }
        TaskManifest calibrated = calibrated(before, rows, scores);
        TaskDraft.rewrite(folder, calibrated, List.of());
        return examined(DriftMeasure.of(base, folder, rows, () -> {}), rows);
    }

    private TaskManifest calibrated(TaskManifest before, List<LabelledText> rows, List<double[]> scores) {
        List<double[]> fitScores = new ArrayList<>();
        List<Integer> fitTruth = new ArrayList<>();
        List<Integer> rest = new ArrayList<>();
        int[] seen = new int[before.labels().size()];
        for (int i = 0; i < rows.size(); i++) {
            int label = rows.get(i).label();
            if (seen[label]++ % 2 == 0) {
                fitScores.add(scores.get(i));
                fitTruth.add(label);
            } else {
                rest.add(i);
            }
        }
        CalibrationFit fit = CalibrationFit.of(fitScores, fitTruth);
        List<Double> confidences = new ArrayList<>();
        List<Boolean> right = new ArrayList<>();
        for (int i : rest) {
            double[] p = fit.apply(scores.get(i));
            int best = best(p);
            confidences.add(p[best]);
            right.add(best == rows.get(i).label());
        }
        TaskManifest.Threshold threshold = ThresholdChoice.of(confidences, right, maxError);
        return with(
                before,
                new TaskManifest.Calibration(
                        fit.temperature(),
                        fit.bias(),
                        before.scoringDigest(),
                        fitTruth.size(),
                        TaskDraft.PROVIDER,
                        TaskDraft.processor()),
                new TaskManifest.DecisionRule(threshold, Map.of()),
                null,
                before.exam());
    }

    /** The first rows of each label with what the calibrated task answers; the claim is a little below its macro-F1. */
    private TaskManifest examined(TaskManifest task, List<LabelledText> rows) throws IOException, BadArtefactException {
        int[] taken = new int[task.labels().size()];
        List<ExamRow> exam = new ArrayList<>();
        List<Integer> truth = new ArrayList<>();
        List<List<Float>> answers = new ArrayList<>();
        try (TaskDesk desk = TaskDesk.open(base, folder)) {
            for (LabelledText row : rows) {
                if (taken[row.label()]++ < examRowsPerLabel) {
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
        double reached = Metrics.of(taken.length, truth, answers).macroF1(10);
        double claim = Math.max(0, Math.floor((reached - EXAM_SLACK) * 100) / 100);
        TaskManifest.ExamGates gates = task.exam();
        TaskManifest whole = with(
                task,
                task.calibration(),
                task.decision(),
                task.drift(),
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
            @Nullable DriftBaseline drift,
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
                drift,
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
