package dev.picket.agent.update;

import dev.picket.agent.config.TrialConfig;
import dev.picket.inference.Stage;
import dev.picket.inference.codec.CascadeRule;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.update.Figures;
import dev.picket.ota.update.Trial;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Holds the exam of a task that has a first stage with both stages as they will serve: each row is asked of the first
 * one, and of the base where that is not sure.
 *
 * <pre>
 * what the first stage lets through, by label   no more of it wrong than the threshold's bound can explain
 * macro-F1 of both together                     the release's claim, as of the base alone
 * p95 of both together                          this gateway's own ceiling
 * </pre>
 *
 * Agreement with the desk is no gate: its answers are those of the base alone, from which a first stage differs by design.
 */
final class StagesExam {
    /** So unlikely must the errors of a label be before they count: a good first stage has bad luck once in so many. */
    private static final double CHANCE = 1e-3;

    private static final double NANOS_PER_MILLI = 1e6;

    private final TrialConfig config;
    private final TaskManifest task;
    private final CascadeRule rule;
    private final List<ExamRow> rows;
    private final Examinee served;
    private final Trial.Recall recall;
    private final Map<String, Double> figures = new LinkedHashMap<>();
    private String sentence = "";

    /**
     * @param rule the task's own
     * @param served the Set as sources ask it
     * @param recall asked before each row
     */
    StagesExam(
            TrialConfig config,
            TaskManifest task,
            CascadeRule rule,
            List<ExamRow> rows,
            Examinee served,
            Trial.Recall recall) {
        this.config = config;
        this.task = task;
        this.rule = rule;
        this.rows = List.copyOf(rows);
        this.served = served;
        this.recall = recall;
    }

    Figures figures() {
        return new Figures(name(), figures);
    }

    /** The numbers for people; what failed stands in the refusal. */
    String sentence() {
        return sentence;
    }

    /** @throws RejectedException EXAM_FAILED, or what {@code recall} threw */
    void hold() throws RejectedException, InterruptedException {
        Map<String, Passed> passed = new TreeMap<>();
        List<Answer> answers = new ArrayList<>();
        for (ExamRow row : rows) {
            recall.check();
            Answer answer = served.answer(task.name(), row.text());
            answers.add(decided(answer));
            if (answer.stage() == Stage.FIRST) {
                passed.computeIfAbsent(answer.label(), _ -> new Passed())
                        .add(answer.label().equals(row.label()));
            }
        }
        Exam exam = new Exam(task, rows, config.minAgreement(), config.maxMeanDifference());
        Exam.Measured measured = exam.measure(answers);
        long p95 = Latency.percentile(answers.stream().map(Answer::latencyNanos).toList(), Latency.P95);
        tell(measured, passed, p95);
        for (Map.Entry<String, Passed> each : passed.entrySet()) {
            checkErrors(each.getKey(), each.getValue());
        }
        exam.checkClaim(measured, name());
        if (config.maxLatency() != null && p95 > config.maxLatency().toNanos()) {
            throw failed(String.format(
                    Locale.ROOT,
                    "had a p95 of %.2f ms, and this gateway allows %d ms",
                    p95 / NANOS_PER_MILLI,
                    config.maxLatency().toMillis()));
        }
    }

    /** What a first stage let through as one label. */
    private static final class Passed {
        private int rows;
        private int wrong;

        void add(boolean right) {
            rows++;
            wrong += right ? 0 : 1;
        }
    }

    /** The label alone, in the task's order: a first stage may have labels of its own, and in another order. */
    private Answer decided(Answer answer) {
        List<Float> all = new ArrayList<>(Collections.nCopies(task.labels().size(), 0f));
        all.set(task.labelNames().indexOf(answer.label()), 1f);
        return new Answer(answer.label(), all, answer.latencyNanos(), answer.stage());
    }

    private void tell(Exam.Measured measured, Map<String, Passed> passed, long p95) {
        int rowsPassed = passed.values().stream().mapToInt(each -> each.rows).sum();
        int wrong = passed.values().stream().mapToInt(each -> each.wrong).sum();
        figures.put("rows", (double) rows.size());
        figures.put("firstStage", (double) rowsPassed);
        figures.put("firstStageWrong", (double) wrong);
        figures.put("macroF1", measured.macroF1());
        figures.put("p95Millis", p95 / NANOS_PER_MILLI);
        sentence = String.format(
                Locale.ROOT,
                "%s: %d of %d rows let through, %d of them wrong, macro-F1 of both %.4f, p95 %.2f ms.",
                name(),
                rowsPassed,
                rows.size(),
                wrong,
                measured.macroF1(),
                p95 / NANOS_PER_MILLI);
    }

    private void checkErrors(String label, Passed passed) throws RejectedException {
        double bound = rule.bound(label);
        if (Binomial.atLeast(passed.wrong, passed.rows, bound) < CHANCE) {
            throw failed(String.format(
                    Locale.ROOT,
                    "let %d rows through as '%s', %d of them wrongly, and its threshold promises a share of at most %.4f",
                    passed.rows,
                    label,
                    passed.wrong,
                    bound));
        }
    }

    private String name() {
        return task.name() + " after " + rule.task();
    }

    private RejectedException failed(String how) {
        return new RejectedException(Reason.EXAM_FAILED, "The exam of " + name() + " " + how + ".");
    }
}
