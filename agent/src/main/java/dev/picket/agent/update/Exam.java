package dev.picket.agent.update;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.exam.ExamRow;
import dev.picket.inference.exam.Metrics;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Asks one task the questions that travel with it, and holds the answers against the desk's and against the claim.
 *
 * <p>The gates, in this order: every row answered; the same label as the desk on enough rows; the mean difference of
 * probability small enough; macro-F1, over labels with enough rows, no worse than claimed.
 */
final class Exam {
    /** A label with fewer rows says too little about itself. */
    private static final int ROWS_THAT_COUNT = 10;

    private static final int MAX_ROWS = 2_000;
    /** The claim was measured on other rows than these few, so half a point of slack. */
    private static final double F1_SLACK = 0.005;

    private final Classifier candidate;
    private final String task;
    private final TaskManifest manifest;
    private final List<ExamRow> rows;

    /**
     * @throws RejectedException EXAM_FAILED when there is no usable exam
     */
    Exam(Classifier candidate, String task, byte[] exam) throws RejectedException {
        this.candidate = candidate;
        this.task = task;
        this.manifest = candidate.taskManifest(task);
        try {
            this.rows = ExamRow.parse(exam, manifest.labelNames(), MAX_ROWS);
        } catch (BadArtefactException e) {
            throw failed(String.valueOf(e.getMessage()));
        }
        if (rows.isEmpty()) {
            throw failed("its exam has no rows");
        }
    }

    List<ExamRow> rows() {
        return rows;
    }

    /**
     * Asks all rows.
     *
     * @return the figures, as one sentence
     * @throws RejectedException EXAM_FAILED, with the gate and its numbers
     */
    String hold() throws RejectedException {
        List<Integer> truth = new ArrayList<>();
        List<List<Float>> answers = new ArrayList<>();
        int agreed = 0;
        double difference = 0;
        for (ExamRow row : rows) {
            Classification answer = ask(row);
            truth.add(manifest.labelNames().indexOf(row.label()));
            answers.add(answer.probabilities());
            agreed += answer.label().equals(row.deskLabel()) ? 1 : 0;
            difference += meanDifference(answer.probabilities(), row.deskProbabilities());
        }
        double agreement = (double) agreed / rows.size();
        double meanDifference = difference / rows.size();
        double macroF1 = Metrics.of(manifest.labels().size(), truth, answers).macroF1(ROWS_THAT_COUNT);
        TaskManifest.ExamGates gates = manifest.exam();
        require(
                agreement >= gates.minAgreement(),
                "the desk's label on %.4f of the rows, %.4f is required",
                agreement,
                gates.minAgreement());
        require(
                meanDifference <= gates.maxMeanDifference(),
                "a mean difference of probability of %.4f, at most %.4f is" + " allowed",
                meanDifference,
                gates.maxMeanDifference());
        // NaN where no label has enough rows: then nothing can be said against the claim, nor for it.
        require(
                !(macroF1 < gates.macroF1() - F1_SLACK),
                "a macro-F1 of %.4f, %.4f is claimed",
                macroF1,
                gates.macroF1());
        return String.format(
                Locale.ROOT,
                "task '%s': %d rows, %.4f as the desk, mean difference %.5f, macro-F1 %.4f",
                task,
                rows.size(),
                agreement,
                meanDifference,
                macroF1);
    }

    private Classification ask(ExamRow row) throws RejectedException {
        try {
            return candidate.classify(task, row.text());
        } catch (ClassificationException e) {
            throw failed("it could not answer a row of its exam: " + e.getMessage());
        }
    }

    private static double meanDifference(List<Float> here, List<Double> desk) {
        double sum = 0;
        for (int i = 0; i < here.size(); i++) {
            sum += Math.abs(here.get(i) - desk.get(i));
        }
        return sum / here.size();
    }

    private void require(boolean holds, String format, double measured, double gate) throws RejectedException {
        if (!holds) {
            throw failed("it has " + String.format(Locale.ROOT, format, measured, gate));
        }
    }

    private RejectedException failed(String why) {
        return new RejectedException(Reason.EXAM_FAILED, "Task '" + task + "' failed its exam: " + why + ".");
    }
}
