package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.TaskFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadlineTest {
    private static final int ROUNDS = 400;
    private static final int THREADS = 3;
    private static final long LONG = TimeUnit.MINUTES.toNanos(10);

    @TempDir
    Path folder;

    private TinyBase base;

    @BeforeEach
    void writeTheBase() throws Exception {
        base = TinyBase.write(folder);
    }

    @Test
    void aTextAskedByHandThatFindsNoFreeRunInItsTimeFailsOfItsDeadline() throws Exception {
        EngineOptions hurried = new EngineOptions(1, 1, 1 << 20, 64, Providers.cpu(), Duration.ofMillis(20));
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (Base opened = Base.open(base.read(), hurried);
                Classifier classifier =
                        Classifier.on(opened, List.of(base.task("fraud").build()));
                ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<?> holder = threads.submit(() -> opened.workers().run(() -> {
                busy.countDown();
                return release.await(1, TimeUnit.MINUTES);
            }));
            assertThat(busy.await(1, TimeUnit.MINUTES)).isTrue();
            assertThatThrownBy(() -> classifier.classify("fraud", "a text", Lane.INTERACTIVE))
                    .isInstanceOfSatisfying(
                            ClassificationException.class,
                            e -> assertThat(e.reason()).isEqualTo("deadline"));
            release.countDown();
            holder.get(1, TimeUnit.MINUTES);
            assertThat(opened.workers().waiting(Lane.INTERACTIVE)).isZero();
        }
    }

    @Test
    void aRunWhoseTimeIsOverIsTerminatedAndOthersAreNot() throws Exception {
        try (Classifier classifier = Classifier.open(base.read(), List.of(adapted()), TinyBase.OPTIONS);
                BareRuns bare = classifier.bareRuns("fraud", List.of("a text"))) {
            Classification before = classifier.classify("fraud", "a text");
            Turn late = new Turn(Lane.BACKGROUND, LONG);
            late.expire();
            assertThatThrownBy(() -> late.work(() -> ran(bare))).hasMessageContaining("terminate");
            assertThat(new Turn(Lane.BACKGROUND, LONG).work(() -> ran(bare))).isTrue();
            assertThat(classifier.classify("fraud", "a text").probabilities()).isEqualTo(before.probabilities());
        }
    }

    @Test
    void runsTerminatedInTheMiddleLeaveTheBaseAsItWas() throws Exception {
        try (Classifier classifier = Classifier.open(base.read(), List.of(adapted()), TinyBase.OPTIONS);
                BareRuns bare = classifier.bareRuns("fraud", List.of("a text"));
                ExecutorService threads = Executors.newFixedThreadPool(2 * THREADS)) {
            Classification before = classifier.classify("fraud", "a text");
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                all.add(threads.submit(() -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        Turn turn = new Turn(Lane.BACKGROUND, LONG);
                        Future<?> end = threads.submit(turn::expire);
                        try {
                            turn.work(() -> ran(bare));
                        } catch (ClassificationException e) {
                            assertThat(turn.isExpired()).isTrue();
                        }
                        end.get(1, TimeUnit.MINUTES);
                    }
                    return ROUNDS;
                }));
            }
            for (Future<?> each : all) {
                each.get(1, TimeUnit.MINUTES);
            }
            assertThat(classifier.classify("fraud", "a text").probabilities()).isEqualTo(before.probabilities());
        }
    }

    @Test
    void theDeadlineEndsATextThatHasItsRun() throws Exception {
        try (Classifier classifier = Classifier.open(base.read(), List.of(adapted()), TinyBase.OPTIONS);
                BareRuns bare = classifier.bareRuns("fraud", List.of("a text"));
                Workers workers = new Workers(1, 1)) {
            Turn turn = new Turn(Lane.BACKGROUND, TimeUnit.MILLISECONDS.toNanos(5));
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
            assertThatThrownBy(() -> turn.work(() -> workers.run(() -> {
                        while (System.nanoTime() < end) {
                            ran(bare);
                        }
                        return "never ended";
                    })))
                    .isInstanceOf(ClassificationException.class)
                    .hasMessageContaining("terminate");
            assertThat(turn.isExpired()).isTrue();
            assertThat(workers.<Boolean, ClassificationException>run(() -> ran(bare)))
                    .isTrue();
        }
    }

    @Test
    void optionsAreUsedAgainButNotThoseOfATerminatedRun() throws Exception {
        try (RunOptionsPool pool = new RunOptionsPool(null)) {
            Turn turn = new Turn(Lane.BACKGROUND, LONG);
            OrtSession.RunOptions first = turn.work(() -> pool.run(options -> options));
            assertThat(turn.<OrtSession.RunOptions, OrtException>work(() -> pool.run(options -> options)))
                    .isSameAs(first);
            turn.expire();
            turn.work(() -> pool.run(options -> options));
            assertThat(pool.idle()).isZero();
        }
    }

    private TaskFolder adapted() throws Exception {
        return base.task("fraud").adapter(TinyBase.adapter(3, 4).toBytes()).build();
    }

    private static boolean ran(BareRuns bare) throws ClassificationException {
        bare.run(0);
        return true;
    }
}
