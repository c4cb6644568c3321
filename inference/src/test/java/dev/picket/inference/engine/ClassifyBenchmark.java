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
import java.util.stream.DoubleStream;
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
 * What classifying costs over the bare run: tokenizing, tensors, head and calibration. As JMH benchmarks for either side
 * alone; {@link #main} alternates both in one process, which is how the ratio is told.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@NullUnmarked
public class ClassifyBenchmark {
    private static final int ROUNDS = 15;
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

    /** Prints the median of the rounds' ratios with the lowest and the highest. */
    public static void main(String[] arguments) throws Exception {
        ClassifyBenchmark benchmark = new ClassifyBenchmark();
        benchmark.load();
        double[] ratios = new double[ROUNDS];
        double[] micros = new double[ROUNDS];
        for (int round = -3; round < ROUNDS; round++) {
            double floor = 0;
            double whole = 0;
            for (int text = 0; text < benchmark.texts.size(); text++) {
                // Either side is first half of the time, so that neither always finds the caches warm.
                boolean bareFirst = (round + text) % 2 == 0;
                floor += bareFirst ? benchmark.bareNanos(text) : 0;
                whole += benchmark.classifyNanos(text);
                floor += bareFirst ? 0 : benchmark.bareNanos(text);
            }
            if (round >= 0) {
                ratios[round] = whole / floor;
                micros[round] = whole / benchmark.texts.size() / 1000;
            }
        }
        System.out.println("classify-overhead " + summary(ratios));
        System.out.println("classify-micros " + summary(micros));
        benchmark.close();
    }

    private long bareNanos(int text) throws ClassificationException {
        long start = System.nanoTime();
        bare.run(text);
        return System.nanoTime() - start;
    }

    private long classifyNanos(int text) throws ClassificationException {
        long start = System.nanoTime();
        classifier.classify(Released.TASK, texts.get(text));
        return System.nanoTime() - start;
    }

    private static String summary(double[] values) {
        double[] sorted = DoubleStream.of(values).sorted().toArray();
        return "median %.3f low %.3f high %.3f"
                .formatted(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }
}
