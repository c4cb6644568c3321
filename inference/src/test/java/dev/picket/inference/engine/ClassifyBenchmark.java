package dev.picket.inference.engine;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What classifying costs over the bare run: tokenizing, tensors, head and calibration. Either side
 * alone, for a profiler; {@code picket bench} alternates both in one process, which is how the ratio is told.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@NullUnmarked
public class ClassifyBenchmark {
    private static final int TEXTS = 100;

    private Classifier classifier;
    private List<String> texts;
    private BareRuns bare;
    private int next;

    @Setup
    public void load() throws BadArtefactException, IOException, ClassificationException {
        TaskFolder task = Released.task();
        texts =
                ExamRow.parse(
                                Objects.requireNonNull(task.files().get(TaskManifest.EXAM)),
                                task.manifest().labelNames(),
                                2000)
                        .stream()
                        .map(ExamRow::text)
                        .limit(TEXTS)
                        .toList();
        classifier = Classifier.open(Released.base(), List.of(task), EngineOptions.forCores(1));
        bare = classifier.bareRuns(Released.TASK, texts);
    }

    @TearDown
    public void close() {
        bare.close();
        classifier.close();
    }

    @Benchmark
    public Classification classify() throws ClassificationException {
        next = (next + 1) % texts.size();
        return classifier.classify(Released.TASK, texts.get(next));
    }

    @Benchmark
    public int bareRun() throws ClassificationException {
        next = (next + 1) % texts.size();
        bare.run(next);
        return next;
    }
}
