package dev.picket.agent.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.judge.NotServingException;
import dev.picket.inference.Classification;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.Providers;
import dev.picket.ota.RejectedException;
import dev.picket.ota.store.SetFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The released base and another one, with as much memory as a test says. */
class BaseSwapTest {
    private static final String TEXT = "Lunch is at noon in the canteen";

    private static final Duration HURRIED = Duration.ofSeconds(7);

    @TempDir
    Path folder;

    private final ServingSet serving = new ServingSet();
    private final FakePace pace = new FakePace();
    private long memory = Long.MAX_VALUE;
    private SetFolder old;
    private SetFolder other;
    private SetTrial trial;

    @BeforeEach
    void aSetThatServes() throws Exception {
        old = new SetOnDisk(folder).write(1);
        other = new SetOnDisk(folder)
                .base("config.json", bytes -> new byte[] {'{', '}'})
                .write(2);
        trial = new SetTrial(
                serving,
                new TrialSettings(
                        new EngineOptions(2, 1, 1 << 20, 64, Providers.cpu(), HURRIED),
                        Trials.gates("probation: 1s"),
                        folder.resolve("exam"),
                        new Room(() -> memory, 0, 2)),
                pace);
        trial.switchTo(old);
    }

    @AfterEach
    void close() {
        trial.release();
        serving.close();
    }

    @Test
    void whereTwoFitTheOldOneAnswersUntilTheSwitchAndThenLeavesMemory() throws Exception {
        Classifier before = served();
        memory = 2 * bytes(other);
        trial.switchTo(other);
        assertThat(serving.label()).contains("factory/2");
        assertThat(pace.slept).isEmpty();
        assertThat(before.isFreed()).isTrue();
    }

    @Test
    void whereTwoDoNotFitTheNewOneIsLoadedOnceTheLastRunOnTheOldHasEnded() throws Exception {
        Classifier before = served();
        Classifier running = before.withTasks(List.of());
        memory = 2 * bytes(other) - 1;
        pace.whileAsleep = () -> {
            assertThat(serving.trouble()).isEqualTo("a base is being loaded, and there is no memory for two");
            assertThatThrownBy(() -> serving.judge("fraud", TEXT)).isInstanceOf(NotServingException.class);
            assertThat(before.isFreed()).isFalse();
            if (pace.slept.size() == 3) {
                running.close();
            }
        };
        trial.switchTo(other);
        assertThat(pace.slept).hasSize(3);
        assertThat(before.isFreed()).isTrue();
        assertThat(serving.label()).contains("factory/2");
        assertThat(serving.judge("fraud", TEXT).label()).isEqualTo("ham");
    }

    @Test
    void aRunThatDoesNotEndIsNotWaitedForForEver() throws Exception {
        Classifier running = served().withTasks(List.of());
        memory = 0;
        trial.switchTo(other);
        assertThat(pace.slept.stream().reduce(Duration.ZERO, Duration::plus)).isEqualTo(HURRIED);
        assertThat(serving.label()).contains("factory/2");
        running.close();
    }

    @Test
    void theOldOneIsLoadedAgainWhereTheNewOneCannotBe() throws Exception {
        Files.writeString(other.base().resolve("model.onnx.data"), "rotten");
        serving.judge("fraud", TEXT);
        memory = 0;
        assertThatThrownBy(() -> trial.switchTo(other))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining("Set factory/2 cannot be loaded");
        assertThat(serving.label()).contains("factory/1");
        assertThat(serving.judge("fraud", TEXT).label()).isEqualTo("ham");
        assertThat(serving.watch().orElseThrow().counts().texts()).isEqualTo(2);
    }

    @Test
    void whereNeitherCanBeLoadedTheCallerHearsOfTheNewOneAndTextsWait() throws Exception {
        Files.writeString(other.base().resolve("model.onnx.data"), "rotten");
        Files.writeString(old.base().resolve("model.onnx.data"), "rotten");
        memory = 0;
        assertThatThrownBy(() -> trial.switchTo(other)).hasMessageContaining("Set factory/2 cannot be loaded");
        assertThat(serving.trouble()).isEqualTo("Set factory/1 cannot be loaded again");
        assertThatThrownBy(() -> serving.judge("fraud", TEXT)).isInstanceOf(NotServingException.class);
    }

    @Test
    void textsOfManyThreadsWaitForASwapInPlaceAndNoneFails() throws Exception {
        memory = 0;
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch answered = new CountDownLatch(4);
        Set<String> bases = ConcurrentHashMap.newKeySet();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> asking = IntStream.range(0, 4)
                    .<Future<?>>mapToObj(_ -> threads.submit(() -> {
                        boolean last = false;
                        while (!last) {
                            last = done.get();
                            bases.add(asked().baseDigest());
                            answered.countDown();
                        }
                        return null;
                    }))
                    .toList();
            assertThat(answered.await(30, TimeUnit.SECONDS)).isTrue();
            trial.switchTo(other);
            trial.switchTo(old);
            trial.switchTo(other);
            done.set(true);
            for (Future<?> each : asking) {
                each.get(30, TimeUnit.SECONDS);
            }
        }
        assertThat(bases).contains(old.set().base().digest(), other.set().base().digest());
    }

    /** As the read flow asks: again, until a Set serves. */
    private Classification asked() throws Exception {
        while (true) {
            try {
                return serving.judge("fraud", TEXT);
            } catch (NotServingException _) {
                Thread.onSpinWait();
            }
        }
    }

    private Classifier served() {
        return Objects.requireNonNull(serving.loaded()).classifier();
    }

    private static long bytes(SetFolder set) {
        return set.set().base().files().stream()
                .mapToLong(each -> each.length())
                .sum();
    }
}
