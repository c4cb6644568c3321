package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import dev.picket.inference.Stage;
import dev.picket.inference.codec.CascadeRule;
import dev.picket.inference.codec.Sha256;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two real small graphs, the second of which answers what the first is not sure of. */
class CascadeTest {
    private static final List<String> TEXTS =
            IntStream.range(0, 40).mapToObj(i -> "text number " + i * i).toList();

    @TempDir
    Path folder;

    private TinyBase base;
    private TinyBase cheap;
    private Classifier first;
    private Classifier main;

    @BeforeEach
    void writeTwoBases() throws Exception {
        base = TinyBase.write(Files.createDirectory(folder.resolve("main")));
        cheap = TinyBase.write(Files.createDirectory(folder.resolve("first")));
        first = Classifier.open(cheap.read(), List.of(quick()), TinyBase.OPTIONS);
        main = Classifier.open(base.read(), List.of(base.task("fraud").build()), TinyBase.OPTIONS);
    }

    @AfterEach
    void close() {
        first.close();
        main.close();
    }

    @Test
    void atItsThresholdTheFirstStageAnswersAndJustBelowItTheBase() throws Exception {
        Classification quick = first.classify("quick", TEXTS.getFirst());
        Classification at = cascade(quick.label(), quick.confidence()).classify("fraud", TEXTS.getFirst());
        assertThat(at.stage()).isEqualTo(Stage.FIRST);
        assertThat(at.label()).isEqualTo(quick.label());
        assertThat(at.probabilities()).isEqualTo(quick.probabilities());
        assertThat(at.taskDigest()).isEqualTo(first.taskDigest("quick"));

        Classification below =
                cascade(quick.label(), Math.nextUp(quick.confidence())).classify("fraud", TEXTS.getFirst());
        assertThat(below.stage()).isEqualTo(Stage.MAIN);
        assertThat(below.taskDigest()).isEqualTo(main.taskDigest("fraud"));
        assertThat(below.probabilities())
                .isEqualTo(main.classify("fraud", TEXTS.getFirst()).probabilities());
    }

    @Test
    void whatItAnswersStandsUnderTheNameAndPriorityOfTheTaskThatWasAsked() throws Exception {
        Cascade cascade = cascade("spam", 0);
        for (String text : TEXTS) {
            Classification quick = first.classify("quick", text);
            Classification answer = cascade.classify("fraud", text);
            assertThat(answer.task()).isEqualTo("fraud");
            assertThat(answer.stage()).isEqualTo(quick.label().equals("spam") ? Stage.FIRST : Stage.MAIN);
            if (answer.stage() == Stage.FIRST) {
                assertThat(answer.priority()).isEqualTo(Priority.NOTICE);
                assertThat(answer.decision()).isEqualTo(new Decision.Accept());
            } else {
                assertThat(answer.probabilities())
                        .isEqualTo(main.classify("fraud", text).probabilities());
            }
        }
    }

    @Test
    void aTaskWithoutARuleIsAskedOfTheBaseAlone() throws Exception {
        Cascade cascade = new Cascade(main, first);
        assertThat(cascade.classify("fraud", "text").stage()).isEqualTo(Stage.MAIN);
        assertThat(cascade.asked("fraud")).isEqualTo(main.taskDigest("fraud"));
    }

    @Test
    void aRuleWithoutAFirstStageLeavesTheTaskToItself() throws Exception {
        cascade("ham", 0);
        assertThat(new Cascade(main, null).classify("fraud", "text").stage()).isEqualTo(Stage.MAIN);
        assertThat(new Cascade(main, null).asked("fraud")).isEqualTo(main.taskDigest("fraud"));
        assertThat(new Cascade(main, first).asked("fraud"))
                .isEqualTo(main.taskDigest("fraud") + first.taskDigest("quick"));
    }

    @Test
    void aTextThatBreaksTheFirstStageIsTheBasesToJudge() throws Exception {
        // Byte 1 is no number in either graph, so it is the base's refusal that is told.
        Cascade cascade = cascade("ham", 0);
        assertThatThrownBy(() -> cascade.classify("fraud", "a \u0001 b"))
                .isInstanceOfSatisfying(
                        ClassificationException.class, e -> assertThat(e.task()).isEqualTo("fraud"));
    }

    @Test
    @Timeout(60)
    void oneDeadlineBoundsBothStages() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (Base opened = Base.open(cheap.read(), oneRun(Duration.ofHours(1)));
                ExecutorService threads = Executors.newCachedThreadPool()) {
            first.close();
            first = Classifier.on(opened, List.of(quick()));
            Cascade cascade = cascade("quick", "ham", 0, oneRun(Duration.ofMillis(20)));
            Future<?> held = threads.submit(() -> opened.workers().run(() -> {
                busy.countDown();
                return release.await(1, TimeUnit.MINUTES);
            }));
            assertThat(busy.await(1, TimeUnit.MINUTES)).isTrue();
            assertThatThrownBy(() -> cascade.classify("fraud", "a text", Lane.INTERACTIVE))
                    .isInstanceOfSatisfying(
                            ClassificationException.class,
                            e -> assertThat(e.reason()).isEqualTo("deadline"));
            release.countDown();
            held.get(1, TimeUnit.MINUTES);
        }
    }

    @Test
    void aRuleThatTheFirstStageCannotKeepIsRefusedAtLoad() throws Exception {
        assertThatThrownBy(() -> cascade("slow", "ham", 0))
                .isInstanceOf(BadArtefactException.class)
                .hasMessage("Task 'fraud' asks the first stage's task 'slow', and the first stage has [quick].");
        assertThatThrownBy(() -> cascade("quick", "eggs", 0))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining("would accept 'eggs' from the first stage's task 'quick'");
    }

    private TaskFolder quick() {
        return cheap.task("quick").head(TinyBase.head(7)).build();
    }

    private static EngineOptions oneRun(Duration deadline) {
        return new EngineOptions(1, 1, 1 << 20, 64, Providers.cpu(), deadline);
    }

    private Cascade cascade(String label, double least) throws Exception {
        return cascade("quick", label, least);
    }

    private Cascade cascade(String task, String label, double least) throws Exception {
        return cascade(task, label, least, TinyBase.OPTIONS);
    }

    private Cascade cascade(String task, String label, double least, EngineOptions options) throws Exception {
        TaskFolder plain = base.task("fraud").build();
        TaskManifest manifest = plain.manifest()
                .withCascade(new CascadeRule(task, Map.of(label, new TaskManifest.Threshold(least, 100, 0.05))));
        main.close();
        main = Classifier.open(
                base.read(), List.of(new TaskFolder(manifest, Sha256.of(manifest.toBytes()), plain.files())), options);
        return new Cascade(main, first);
    }
}
