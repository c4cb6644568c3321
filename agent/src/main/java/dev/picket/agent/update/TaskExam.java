package dev.picket.agent.update;

import dev.picket.agent.config.TrialConfig;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.update.FailedTrialException;
import dev.picket.ota.update.Figures;
import dev.picket.ota.update.Finding;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.Trial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds the exam of one task: every row is asked of the candidate, the first of them also of the incumbent in turns.
 * What was measured stays readable after a gate that did not hold.
 */
final class TaskExam {
    private static final int LATENCY_ROWS = 200;
    /** A latency over its limit is measured again before it counts: another process may have had the machine. */
    private static final int LATENCY_ROUNDS = 3;

    private static final double NANOS_PER_MILLI = 1e6;

    private final TrialConfig config;
    private final TaskManifest task;
    private final List<ExamRow> rows;
    private final Examinee candidate;
    private final @Nullable Examinee incumbent;
    private final Trial.Recall recall;
    private final Map<String, Double> figures = new LinkedHashMap<>();
    private String sentence = "";

    /**
     * @param incumbent null where none serves this task
     * @param recall asked before each row
     */
    TaskExam(
            TrialConfig config,
            TaskManifest task,
            List<ExamRow> rows,
            Examinee candidate,
            @Nullable Examinee incumbent,
            Trial.Recall recall) {
        this.config = config;
        this.task = task;
        this.rows = List.copyOf(rows);
        this.candidate = candidate;
        this.incumbent = incumbent;
        this.recall = recall;
    }

    Figures figures() {
        return new Figures(task.name(), figures);
    }

    /** The numbers for people; what failed stands in the refusal. */
    String sentence() {
        return sentence;
    }

    /** @throws RejectedException EXAM_FAILED, or what {@code recall} threw */
    void hold() throws RejectedException, InterruptedException {
        Exam exam = new Exam(task, rows, config.minAgreement(), config.maxMeanDifference());
        exam.checkRows();
        List<Answer> answers = new ArrayList<>();
        for (ExamRow row : rows) {
            recall.check();
            answers.add(candidate.answer(task.name(), row.text()));
        }
        Exam.Measured measured = exam.measure(answers);
        figures.putAll(measured.figures());
        sentence = "Task " + task.name() + ": " + measured.sentence();
        exam.check(measured);
        checkLatency(answers);
    }

    private void checkLatency(List<Answer> answers) throws RejectedException, InterruptedException {
        long p95 = Latency.percentile(answers.stream().map(Answer::latencyNanos).toList(), Latency.P95);
        figures.put("p95Millis", p95 / NANOS_PER_MILLI);
        sentence += String.format(Locale.ROOT, ", p95 %.2f ms", p95 / NANOS_PER_MILLI);
        if (config.maxLatency() != null && p95 > config.maxLatency().toNanos()) {
            throw failed(String.format(
                    Locale.ROOT,
                    "had a p95 of %.2f ms, and this gateway allows %d ms",
                    p95 / NANOS_PER_MILLI,
                    config.maxLatency().toMillis()));
        }
        if (incumbent == null) {
            sentence += ", no incumbent.";
            return;
        }
        double limit = Math.min(config.maxLatencyRatio(), task.exam().maxLatencyRatio());
        Latency best = inTurns(incumbent);
        for (int round = 1; best.ratio() > limit && round < LATENCY_ROUNDS; round++) {
            Latency again = inTurns(incumbent);
            best = again.ratio() < best.ratio() ? again : best;
        }
        figures.put("latencyRatio", best.ratio());
        figures.put("incumbentP95Millis", best.incumbentNanos() / NANOS_PER_MILLI);
        if (best.ratio() > limit) {
            throw failed(String.format(
                    Locale.ROOT,
                    "took %.2f times the incumbent's p95 of %.2f ms, and %.2f are allowed",
                    best.ratio(),
                    best.incumbentNanos() / NANOS_PER_MILLI,
                    limit));
        }
        sentence += String.format(Locale.ROOT, ", %.2f of the incumbent's.", best.ratio());
    }

    private Latency inTurns(Examinee serving) throws RejectedException, InterruptedException {
        List<Long> here = new ArrayList<>();
        List<Long> there = new ArrayList<>();
        for (ExamRow row : rows.stream().limit(LATENCY_ROWS).toList()) {
            recall.check();
            try {
                there.add(serving.answer(task.name(), row.text()).latencyNanos());
            } catch (RejectedException _) {
                // The incumbent cannot answer this row, so it says nothing about either.
                continue;
            }
            here.add(candidate.answer(task.name(), row.text()).latencyNanos());
        }
        return Latency.of(here, there, Latency.P95);
    }

    /** The refusal with every task's figures that were measured. */
    static FailedTrialException failed(RejectedException why, List<Figures> figures) {
        return new FailedTrialException(
                Reason.EXAM_FAILED,
                new Finding(Step.EXAM, Finding.Result.FAILED, String.valueOf(why.getMessage()), figures));
    }

    private RejectedException failed(String how) {
        return new RejectedException(Reason.EXAM_FAILED, "The exam of task " + task.name() + " " + how + ".");
    }
}
