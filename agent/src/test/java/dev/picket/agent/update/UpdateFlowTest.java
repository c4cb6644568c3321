package dev.picket.agent.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.config.UpdatesConfig;
import dev.picket.agent.judge.NotServingException;
import dev.picket.inference.Classification;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.exam.ExamRow;
import dev.picket.ota.Reason;
import dev.picket.ota.update.Ended;
import dev.picket.ota.update.Refreshed;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.UpdateStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The released model through the whole update flow: repository, exam, switch, while texts are judged. */
class UpdateFlowTest {
    private static final String TEXT =
            "Your parcel is held, call 09061234567 and pay the fee at http://example.test now";

    @TempDir
    Path folder;

    private final ServingSet serving = new ServingSet();
    private final BlockingQueue<UpdateStatus> seen = new LinkedBlockingQueue<>();
    private final AtomicInteger faultsAtExam = new AtomicInteger();
    private Models models;

    @Nullable
    UpdateLoop loop;

    @Nullable
    Thread thread;

    @BeforeEach
    void aGatewayThatFollowsARepository() throws Exception {
        models = new Models(folder.resolve("models"));
    }

    @AfterEach
    void stop() throws Exception {
        if (thread != null) {
            thread.interrupt();
            thread.join(30_000);
        }
        serving.close();
    }

    @Test
    void theReleasedSetIsInstalledAndAnUpdateIsSwitchedToWhileTextsAreJudged() throws Exception {
        assertThatThrownBy(() -> serving.judge("fraud", TEXT))
                .isInstanceOf(NotServingException.class)
                .hasMessageContaining("no Set is installed yet");
        models.publish(UnaryOperator.identity(), Models.version("1"));
        start();
        assertThat(ended().step()).isEqualTo(Step.COMMITTED);
        String firstTask = serving.taskDigests().get("fraud");
        Judges judges = new Judges();

        models.publish(UnaryOperator.identity(), Models.version("2"));
        Objects.requireNonNull(loop).pollNow();
        Ended end = ended();
        judges.stop();

        assertThat(end.step()).as(end.sentence()).isEqualTo(Step.COMMITTED);
        assertThat(end.sentence()).contains("agreement", "p95", "Shadow: task fraud 20 readings", "Probation");
        assertThat(serving.label()).contains("factory/2");
        assertThat(judges.faults).isEmpty();
        assertThat(judges.digests).contains(firstTask, serving.taskDigests().get("fraud"));
        assertThat(judges.count.get()).isPositive();
    }

    @Test
    void aTaskWhoseDeskAnsweredOtherwiseIsRefusedByItsExamAndTheOldOneGoesOn() throws Exception {
        models.publish(UnaryOperator.identity(), Models.version("1"));
        start();
        assertThat(ended().step()).isEqualTo(Step.COMMITTED);

        models.publish(UpdateFlowTest::turnedRound, Models.version("2"));
        Objects.requireNonNull(loop).pollNow();
        Ended end = ended();

        assertThat(end.step()).isEqualTo(Step.REJECTED);
        assertThat(end.reason()).contains(Reason.EXAM_FAILED);
        assertThat(end.sentence()).contains("fraud", "desk's label");
        assertThat(serving.label()).contains("factory/1");
        assertThat(serving.judge("fraud", TEXT).label()).isNotEmpty();
        try (Stream<Path> sets = Files.list(folder.resolve("updates/sets"))) {
            assertThat(sets).anyMatch(each -> each.toString().contains("factory-1-"));
        }
    }

    @Test
    void anInstalledSetServesAfterARestartWithoutItsRepository() throws Exception {
        models.publish(UnaryOperator.identity(), Models.version("1"));
        start();
        assertThat(ended().step()).isEqualTo(Step.COMMITTED);
        Classification before = serving.judge("fraud", TEXT);
        stop();
        Files.move(folder.resolve("models"), folder.resolve("gone"));

        ServingSet again = new ServingSet();
        UpdateLoop next = open(again, folder.resolve("gone/repo/tree/metadata/1.root.json"));
        Thread restarted = Thread.ofPlatform().name("picket-updates").start(next);
        thread = restarted;
        for (int i = 0; i < 600 && again.tasks().isEmpty(); i++) {
            TimeUnit.MILLISECONDS.timedJoin(restarted, 50);
        }

        assertThat(again.judge("fraud", TEXT).probabilities()).isEqualTo(before.probabilities());
        again.close();
    }

    @Test
    void aStartThatCouldNotGoOnIsTriedAgainSoonAndNotAfterAnInterval() throws Exception {
        models.publish(UnaryOperator.identity(), Models.version("1"));
        faultsAtExam.set(2);
        start();
        for (UpdateStatus status = seen.poll(60, TimeUnit.SECONDS);
                status != null && status.step() != Step.EXAM;
                status = seen.poll(60, TimeUnit.SECONDS)) {
            assertThat(status.last()).isEmpty();
        }
        stop();
        start();

        assertThat(ended().step()).isEqualTo(Step.COMMITTED);
        assertThat(faultsAtExam.get()).isNegative();
    }

    private void saved(UpdateStatus status) {
        seen.add(status);
        if (status.step() == Step.EXAM && faultsAtExam.getAndDecrement() > 0) {
            throw new IllegalStateException("A fault of the test's.");
        }
    }

    private void start() throws Exception {
        UpdateLoop opened = open(serving, models.root());
        loop = opened;
        thread = Thread.ofPlatform().name("picket-updates").start(opened);
    }

    private UpdateLoop open(ServingSet set, Path root) throws Exception {
        UpdatesConfig config = Trials.config(
                models.served(),
                root,
                "exam-rows: 2000, shadow-readings: 20, shadow-time: 20s, probation: 50ms, min-texts: 20");
        return Updates.open(
                config,
                folder.resolve("updates"),
                Set.of("fraud"),
                set,
                new EngineOptions(2, 1, 1 << 20, 64),
                "0.1.0",
                Instant.EPOCH,
                () -> Models.NOW,
                this::saved,
                Refreshed.NOTHING);
    }

    /** The end of the update that runs now. */
    private Ended ended() throws InterruptedException {
        while (true) {
            UpdateStatus status = seen.poll(60, TimeUnit.SECONDS);
            assertThat(status).as("an update's next step").isNotNull();
            boolean over = status.step() == Step.IDLE && status.last().isPresent();
            if (over) {
                return status.last().get();
            }
        }
    }

    private static List<ExamRow> turnedRound(List<ExamRow> rows) {
        List<ExamRow> turned = new ArrayList<>();
        for (ExamRow row : rows) {
            List<Double> probabilities = new ArrayList<>(row.deskProbabilities());
            Collections.reverse(probabilities);
            String label = row.deskLabel().equals("ham") ? "smishing" : "ham";
            turned.add(new ExamRow(row.text(), row.label(), label, probabilities));
        }
        return turned;
    }

    /** Two threads that judge without pause, as the pipeline does. */
    private final class Judges {
        final List<Exception> faults = Collections.synchronizedList(new ArrayList<>());
        final Set<String> digests = Collections.synchronizedSet(new HashSet<>());
        final AtomicInteger count = new AtomicInteger();
        private final List<Thread> threads = new ArrayList<>();

        Judges() {
            for (int i = 0; i < 2; i++) {
                threads.add(Thread.ofPlatform().start(this::judge));
            }
        }

        private void judge() {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    digests.add(serving.judge("fraud", TEXT).taskDigest());
                    count.incrementAndGet();
                } catch (Exception e) {
                    faults.add(e);
                    return;
                }
            }
        }

        void stop() throws InterruptedException {
            String last = serving.taskDigests().get("fraud");
            for (int i = 0; i < 600 && !digests.contains(last); i++) {
                threads.getFirst().join(Duration.ofMillis(20));
            }
            for (Thread each : threads) {
                each.interrupt();
                each.join(30_000);
            }
        }
    }
}
