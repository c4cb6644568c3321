package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.Wiring;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * One way to share the machine, ready to be measured: a base in memory, asked made-up texts by as many threads as there
 * are runs. It needs no task.
 */
public final class SideBySide implements AutoCloseable {
    private static final long SEED = 20;

    private final ModelGraph graph;
    private final String output;
    private final int runs;
    private final int threadsPerRun;
    private final long[] text;
    private final ExecutorService threads;

    private SideBySide(ModelGraph graph, int runs, int threadsPerRun, long[] text) {
        this.graph = graph;
        Wiring.Outputs outputs = graph.manifest().wiring().outputs();
        this.output = Objects.requireNonNull(outputs.hidden() == null ? outputs.logits() : outputs.hidden());
        this.runs = runs;
        this.threadsPerRun = threadsPerRun;
        this.text = text;
        this.threads = Executors.newFixedThreadPool(
                runs, Thread.ofPlatform().name("picket-schedule-", 1).daemon().factory());
    }

    /**
     * Loads the base's graph.
     *
     * @param folder verified already
     * @param tokens of each text; cut to the base's context
     * @throws BadArtefactException when the base is damaged
     */
    public static SideBySide open(BaseFolder folder, int runs, int threadsPerRun, int tokens)
            throws BadArtefactException {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        int length = Math.min(tokens, folder.manifest().contextLength());
        long[] text = random.longs(length, 0, folder.manifest().graph().vocabularySize())
                .toArray();
        try {
            ModelGraph graph =
                    ModelGraph.open(folder.folder(), folder.manifest().graph(), threadsPerRun);
            return new SideBySide(graph, runs, threadsPerRun, text);
        } catch (OrtException e) {
            throw new BadArtefactException(folder.folder() + " is refused by ONNX Runtime: " + e.getMessage() + ".", e);
        }
    }

    public int runs() {
        return runs;
    }

    public int threadsPerRun() {
        return threadsPerRun;
    }

    /**
     * Texts a second, all runs together, over a slice of time; each run does one text at least.
     *
     * @throws BadArtefactException when the runtime refuses a run
     */
    public double textsPerSecond(Duration slice) throws BadArtefactException, InterruptedException {
        long start = System.nanoTime();
        long end = start + slice.toNanos();
        List<Future<Integer>> each = new ArrayList<>();
        for (int i = 0; i < runs; i++) {
            each.add(threads.submit(() -> runUntil(end)));
        }
        int done = 0;
        try {
            for (Future<Integer> one : each) {
                done += one.get();
            }
        } catch (ExecutionException e) {
            throw new BadArtefactException("The base cannot be measured: " + e.getCause() + ".", e);
        }
        return done * 1e9 / (System.nanoTime() - start);
    }

    private int runUntil(long end) throws OrtException {
        int done = 0;
        do {
            graph.row(text, graph.noPast(), null, output);
            done++;
        } while (System.nanoTime() < end);
        return done;
    }

    /** Waits for what runs. */
    @Override
    public void close() {
        threads.close();
        try {
            graph.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not close the session of a measurement", e);
        }
    }
}
