package dev.picket.agent.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.Priority;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExamTest {
    private static final int ROWS = 100;

    @Test
    void answersLikeTheDesksPassWithTheirNumbers() throws Exception {
        assertThat(check(exam(0.9), answers(0, 0)))
                .isEqualTo("100 rows, agreement 1.0000, mean difference 0.0000, macro-F1 1.0000");
    }

    @Test
    void twoLabelsOfAHundredMayDifferAndThreeMayNot() throws Exception {
        assertThat(check(exam(0.9), answers(2, 0))).contains("agreement 0.9800");
        assertFails(exam(0.9), answers(3, 0), "0.9700");
    }

    @Test
    void probabilitiesThatDriftedFailThoughTheLabelsAgree() throws Exception {
        assertThat(check(exam(0.9), answers(0, 0.019))).contains("mean difference 0.0190");
        assertFails(exam(0.9), answers(0, 0.03), "0.0300");
        assertFails(exam(0.9), answers(0, Double.NaN), "NaN");
    }

    @Test
    void aClaimOfMacroF1ThatIsNotReachedFails() {
        List<ExamRow> wrong = new ArrayList<>();
        for (ExamRow row : rows()) {
            wrong.add(new ExamRow(
                    row.text(), row.label().equals("a") ? "b" : "a", row.deskLabel(), row.deskProbabilities()));
        }
        assertFails(new Exam(task(0.9, 0.98, 0.02), wrong, 0.98, 0.02), answers(0, 0), "claims 0.9000");
    }

    @Test
    void aReleaseMayTightenTheGatewaysGatesAndNotWidenThem() throws Exception {
        Exam wide = new Exam(task(0, 0, 1), rows(), 0.98, 0.02);
        assertThat(check(wide, answers(2, 0))).contains("agreement 0.9800");
        assertFails(wide, answers(3, 0), "0.9800 are asked");
        assertFails(wide, answers(0, 0.03), "0.0200 are allowed");
        Exam tight = new Exam(task(0, 0.99, 0.01), rows(), 0.98, 0.02);
        assertFails(tight, answers(2, 0), "0.9900 are asked");
        assertFails(tight, answers(0, 0.015), "0.0100 are allowed");
    }

    @Test
    void anExamOfOneLabelOrOfTooFewRowsIsRefusedBeforeItIsHeld() throws Exception {
        List<ExamRow> one =
                rows().stream().filter(row -> row.label().equals("a")).toList();
        assertThatThrownBy(() -> new Exam(task(0, 0.98, 0.02), one, 0.98, 0.02).checkRows())
                .hasMessageContaining("50 rows with 10 or more of 1 labels, and needs them of 2");
        assertThatThrownBy(() -> new Exam(task(0, 0.98, 0.02), List.of(), 0.98, 0.02).checkRows())
                .hasMessageContaining("0 rows");
        new Exam(task(0, 0.98, 0.02), rows().subList(0, 20), 0.98, 0.02).checkRows();
        assertThatThrownBy(() -> new Exam(task(0, 0.98, 0.02), rows().subList(0, 19), 0.98, 0.02).checkRows())
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.EXAM_FAILED));
    }

    @Test
    void macroF1JustAtTheClaimPassesAndJustBelowItFails() throws Exception {
        List<ExamRow> truth = new ArrayList<>(rows());
        for (int i = 0; i < 10; i++) {
            ExamRow row = truth.get(i);
            String other = row.label().equals("a") ? "b" : "a";
            truth.set(i, new ExamRow(row.text(), other, row.deskLabel(), row.deskProbabilities()));
        }
        double f1 = new Exam(task(0, 0.98, 0.02), truth, 0.98, 0.02)
                .measure(answers(0, 0))
                .macroF1();
        assertThat(f1).isEqualTo(0.9);
        // Two rows in a hundred may differ from the desk's, so the claim may be missed by as much.
        assertThat(check(new Exam(task(f1 + 0.0199, 0.98, 0.02), truth, 0.98, 0.02), answers(0, 0)))
                .contains("macro-F1 0.9000");
        assertFails(new Exam(task(f1 + 0.0201, 0.98, 0.02), truth, 0.98, 0.02), answers(0, 0), "claims 0.9201");
    }

    private static String check(Exam exam, List<Answer> answers) throws RejectedException {
        Exam.Measured measured = exam.measure(answers);
        exam.check(measured);
        return measured.sentence();
    }

    private static void assertFails(Exam exam, List<Answer> answers, String number) {
        assertThatThrownBy(() -> check(exam, answers))
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.EXAM_FAILED))
                .hasMessageContaining(number);
    }

    private static Exam exam(double claim) {
        return new Exam(task(claim, 0.98, 0.02), rows(), 0.98, 0.02);
    }

    private static List<ExamRow> rows() {
        List<ExamRow> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            boolean a = i % 2 == 0;
            rows.add(new ExamRow(
                    "text " + i, a ? "a" : "b", a ? "a" : "b", a ? List.of(0.75, 0.25) : List.of(0.25, 0.75)));
        }
        return rows;
    }

    /** The desk's answers, the first of them turned round, all of them off by so much. */
    private static List<Answer> answers(int turned, double off) {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            boolean a = i % 2 == 0;
            float high = (float) (0.75 - off);
            float low = (float) (0.25 + off);
            answers.add(new Answer(a == (i >= turned) ? "a" : "b", a ? List.of(high, low) : List.of(low, high), 1));
        }
        return answers;
    }

    private static TaskManifest task(double claim, double minAgreement, double maxMeanDifference) {
        return new TaskManifest(
                "fraud",
                "1",
                "0".repeat(64),
                List.of(
                        new TaskManifest.Label("a", Priority.ROUTINE, false),
                        new TaskManifest.Label("b", Priority.ALARM, false)),
                new Scoring.Head(),
                new TaskManifest.Prompt("", "", 64),
                new TaskManifest.Calibration(1, List.of(0.0, 0.0), "0".repeat(64), 1, "cpu", "x86-64"),
                new TaskManifest.DecisionRule(null, Map.of()),
                null,
                new TaskManifest.ExamGates(minAgreement, maxMeanDifference, claim, 1.5),
                0.2,
                List.of());
    }
}
