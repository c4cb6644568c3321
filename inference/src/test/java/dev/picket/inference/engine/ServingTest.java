package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.codec.TaskFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingTest {
    private static final int TEXTS = 2000;
    private static final int THREADS = 4;
    private static final int VERSIONS = 20;

    @TempDir
    Path folder;

    private TinyBase base;

    @BeforeEach
    void writeTheBase() throws Exception {
        base = TinyBase.write(folder);
    }

    private TaskFolder version(int seed) {
        return base.task("fraud")
                .adapter(TinyBase.adapter(seed, 1 + seed % 8).toBytes())
                .build();
    }

    @Test
    void aTaskSwitchedUnderLoadLosesNoTextAndFreesTheOldOne() throws Exception {
        Map<String, List<Float>> alone = new ConcurrentHashMap<>();
        List<Lifetime> old = new ArrayList<>();
        Classifier first = Classifier.open(
                base.read(), List.of(version(0), base.task("kept").build()), TinyBase.OPTIONS);
        Lifetime baseLifetime = first.baseLifetime();
        Serving serving = new Serving(first);
        Map<Integer, Classification> answers = new ConcurrentHashMap<>();
        AtomicInteger next = new AtomicInteger();
        // Readers may be two versions ahead at most, and a switch waits for readers: so each happens under load.
        Semaphore progress = new Semaphore(0);
        Semaphore allowed = new Semaphore(2 * TEXTS / VERSIONS);
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                done.add(threads.submit(() -> {
                    for (int i = next.getAndIncrement(); i < TEXTS; i = next.getAndIncrement()) {
                        assertThat(allowed.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
                        answers.put(i, serving.classify("fraud", "text"));
                        if (i % (TEXTS / VERSIONS) == 0) {
                            progress.release();
                        }
                    }
                    return null;
                }));
            }
            for (int version = 0; version < VERSIONS; version++) {
                assertThat(progress.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
                alone.put(
                        serving.current().taskDigest("fraud"),
                        serving.classify("fraud", "text").probabilities());
                old.add(serving.current().taskLifetime("fraud"));
                Classifier following = serving.current().with(version(version + 1));
                serving.switchTo(following);
                allowed.release(TEXTS / VERSIONS);
                assertThat(serving.classify("fraud", "text").taskDigest())
                        .isEqualTo(version(version + 1).digest());
            }
            alone.put(
                    serving.current().taskDigest("fraud"),
                    serving.classify("fraud", "text").probabilities());
            for (Future<?> each : done) {
                each.get(60, TimeUnit.SECONDS);
            }
        }
        assertThat(answers).hasSize(TEXTS);
        assertThat(answers.values().stream().map(Classification::taskDigest).distinct())
                .hasSizeGreaterThan(VERSIONS / 2);
        answers.values()
                .forEach(answer -> assertThat(answer.probabilities()).isEqualTo(alone.get(answer.taskDigest())));
        assertThat(old).allMatch(Lifetime::isOver);
        assertThat(serving.classify("kept", "text").task()).isEqualTo("kept");
        assertThat(baseLifetime.isOver()).isFalse();
        serving.close();
        assertThat(baseLifetime.isOver()).isTrue();
    }

    @Test
    void tasksOnOneBaseKeepToTheirAdaptersWhenAskedInTurns() throws Exception {
        List<String> names = List.of("fraud", "severity", "bare");
        List<TaskFolder> tasks = List.of(
                base.task("fraud").adapter(TinyBase.adapter(3, 4).toBytes()).build(),
                base.task("severity").adapter(TinyBase.adapter(40, 8).toBytes()).build(),
                base.task("bare").adapter(null).build());
        Map<String, List<Float>> alone = new ConcurrentHashMap<>();
        for (TaskFolder task : tasks) {
            try (Classifier one = Classifier.open(base.read(), List.of(task), TinyBase.OPTIONS)) {
                String name = task.manifest().name();
                for (int text = 0; text < 10; text++) {
                    alone.put(name + text, one.classify(name, "text " + text).probabilities());
                }
            }
        }
        assertThat(alone.get("fraud1")).isNotEqualTo(alone.get("severity1")).isNotEqualTo(alone.get("bare1"));
        try (Classifier together = Classifier.open(base.read(), tasks, TinyBase.OPTIONS);
                ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int first = t;
                done.add(threads.submit(() -> {
                    for (int i = first; i < 300; i++) {
                        String name = names.get(i % names.size());
                        Classification answer = together.classify(name, "text " + i % 10);
                        assertThat(answer.task()).isEqualTo(name);
                        assertThat(answer.probabilities()).isEqualTo(alone.get(name + i % 10));
                    }
                    return null;
                }));
            }
            for (Future<?> each : done) {
                each.get(60, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void aRefusedTaskLeavesTheServingOneAsItIs() throws Exception {
        Serving serving = new Serving(Classifier.open(base.read(), List.of(version(0)), TinyBase.OPTIONS));
        Classification before = serving.classify("fraud", "text");
        assertThatThrownBy(() -> serving.current()
                        .with(base.task("fraud").onBase("0".repeat(64)).build()))
                .isInstanceOf(BadArtefactException.class);
        assertThat(serving.classify("fraud", "text").probabilities()).isEqualTo(before.probabilities());
        Lifetime baseLifetime = serving.current().baseLifetime();
        serving.close();
        assertThat(baseLifetime.isOver()).isTrue();
        assertThatThrownBy(() -> serving.classify("fraud", "text")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aNewSetOnTheSameBaseSharesTheTasksThatStay() throws Exception {
        TaskFolder kept = base.task("kept").build();
        Classifier first = Classifier.open(base.read(), List.of(version(0), kept), TinyBase.OPTIONS);
        Lifetime leaving = first.taskLifetime("fraud");
        Lifetime staying = first.taskLifetime("kept");
        try (Classifier next = first.withTasks(List.of(kept, base.task("new").build()))) {
            first.close();
            assertThat(leaving.isOver()).isTrue();
            assertThat(next.taskLifetime("kept")).isSameAs(staying);
            assertThat(next.tasks()).containsExactly("kept", "new");
            assertThat(next.classify("kept", "text").label()).isIn(TinyBase.LABELS);
        }
        assertThat(staying.isOver()).isTrue();
    }

    @Test
    void aLoadThatFailsFreesWhatItHadLoaded() throws Exception {
        Lifetime lifetime;
        try (Base opened = Base.open(base.read(), TinyBase.OPTIONS)) {
            lifetime = opened.lifetime();
            List<TaskFolder> late =
                    List.of(version(0), base.task("late").onBase("0".repeat(64)).build());
            assertThatThrownBy(() -> Classifier.on(opened, late)).isInstanceOf(BadArtefactException.class);
            assertThatThrownBy(() -> Classifier.on(opened, List.of(version(0), version(1))))
                    .hasMessage("Two tasks are named 'fraud'.");
        }
        assertThat(lifetime.isOver()).isTrue();
    }
}
