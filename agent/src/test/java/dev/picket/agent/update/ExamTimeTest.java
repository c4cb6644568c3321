package dev.picket.agent.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.Priority;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The exam of a task that is slow, by a clock of the test's. */
class ExamTimeTest {
    private static final Duration SLOW = Duration.ofMillis(100);
    private static final int ROWS = 60;

    private final FakePace pace = new FakePace();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicLong rested = new AtomicLong();

    /** Takes its time for each text, and answers as the desk did. */
    private final Examinee slow = new Examinee() {
        @Override
        public Answer answer(String task, String text) throws InterruptedException {
            asked.incrementAndGet();
            pace.sleep(SLOW);
            boolean a = text.endsWith("a");
            return new Answer(a ? "a" : "b", a ? List.of(0.75f, 0.25f) : List.of(0.25f, 0.75f), SLOW.toNanos());
        }

        @Override
        public void rested(long nanos) {
            rested.addAndGet(nanos);
        }
    };

    @Test
    void aTaskThatIsTooSlowIsRefusedOnceItsTimeIsUp() {
        ExamTime time = new ExamTime(pace, Duration.ofSeconds(2), false, () -> {});
        assertThatThrownBy(() -> exam(time).hold())
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.EXAM_FAILED))
                .hasMessage("The exam had not ended after 2000 ms of work.");
        assertThat(asked).hasValue(21);
    }

    @Test
    void besideASetThatServesItRestsAsLongAsItWorksAndRestsDoNotCount() throws Exception {
        ExamTime time = new ExamTime(pace, SLOW.multipliedBy(ROWS + 1), true, () -> {});
        exam(time).hold();
        assertThat(asked).hasValue(ROWS);
        assertThat(rested).hasValue(SLOW.multipliedBy(ROWS).toNanos());
        assertThat(pace.nanos()).isEqualTo(SLOW.multipliedBy(2 * ROWS).toNanos());
    }

    @Test
    void theRestsOfWhatServesDoNotCountAgainstTheCandidateEither() throws Exception {
        ExamTime time = new ExamTime(pace, SLOW.multipliedBy(10), true, () -> {});
        Examinee candidate = time.resting(slow);
        Examinee serves = time.resting((task, text) -> {
            pace.sleep(SLOW);
            return new Answer("a", List.of(0.75f, 0.25f), SLOW.toNanos());
        });
        candidate.answer("fraud", "1 a");
        serves.answer("fraud", "1 a");
        assertThat(rested).hasValue(SLOW.multipliedBy(2).toNanos());
    }

    @Test
    void anOrderEndsItBetweenTwoTexts() {
        ExamTime time = new ExamTime(pace, Duration.ofHours(1), true, () -> {
            if (asked.get() == 3) {
                throw new RejectedException(Reason.ORDERED, "It was taken back by order.");
            }
        });
        assertThatThrownBy(() -> exam(time).hold()).hasMessage("It was taken back by order.");
        assertThat(asked).hasValue(3);
    }

    private TaskExam exam(ExamTime time) throws Exception {
        List<ExamRow> rows = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            boolean a = i % 2 == 0;
            String label = a ? "a" : "b";
            rows.add(new ExamRow(i + " " + label, label, label, a ? List.of(0.75, 0.25) : List.of(0.25, 0.75)));
        }
        return new TaskExam(Trials.gates(""), task(), rows, time.resting(slow), null, time);
    }

    private static TaskManifest task() {
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
                new TaskManifest.ExamGates(0.98, 0.02, 0.9, 1.5),
                0.2,
                List.of());
    }
}
