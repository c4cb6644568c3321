package dev.picket.agent.bench;

import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.judge.Judge;
import dev.picket.agent.judge.JudgingFailedException;
import dev.picket.agent.read.LiveVerdicts;
import dev.picket.agent.read.Pipeline;
import dev.picket.agent.read.PipelineLimits;
import dev.picket.agent.read.Route;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.engine.Classifier;
import dev.picket.ota.AtomicFiles;
import dev.picket.sensors.FileLimits;
import dev.picket.sensors.FileSource;
import dev.picket.sensors.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code pipeline-ratio}: texts a second from a file to their verdicts on disk, over those of {@link Classifier} alone with
 * the same texts and as many threads. {@code measured} and {@code floor} are texts a second.
 */
public final class PipelineBench {
    private static final int ROUNDS = 9;
    private static final int TEXTS = 1_000;
    private static final int MAX_LINE_BYTES = 1 << 16;
    private static final double SECOND_NANOS = 1e9;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder;
    private final JournalConfig config;
    private final Classifier classifier;
    private final String task;
    private final int runs;
    private final int rounds;
    private final List<String> texts;
    private int files;

    /**
     * @param folder where the text file and the journals are made; it is there and stays
     * @param runs how many texts go side by side, in the classifier too: those of the schedule that it was opened with
     */
    public PipelineBench(Path folder, JournalConfig config, Classifier classifier, String task, int runs) {
        this(folder, config, classifier, task, runs, ROUNDS, TEXTS);
    }

    PipelineBench(
            Path folder, JournalConfig config, Classifier classifier, String task, int runs, int rounds, int texts) {
        this.folder = folder;
        this.config = config;
        this.classifier = classifier;
        this.task = task;
        this.runs = runs;
        this.rounds = rounds;
        this.texts = Texts.of(texts);
    }

    public Result run()
            throws ClassificationException, InterruptedException, IOException, JournalUnavailableException,
                    NewerSchemaException {
        Path file = folder.resolve("bench-texts.log");
        AtomicFiles.write(file, (String.join("\n", texts) + "\n").getBytes(StandardCharsets.UTF_8));
        ExecutorService threads = Executors.newFixedThreadPool(runs);
        try {
            return Rounds.<Exception>run(rounds, () -> pipeline(file), () -> alone(threads))
                    .ratio("pipeline-ratio");
        } catch (ClassificationException
                | InterruptedException
                | IOException
                | JournalUnavailableException
                | NewerSchemaException
                | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
            AtomicFiles.remove(file);
        }
    }

    private double pipeline(Path texts)
            throws InterruptedException, IOException, JournalUnavailableException, NewerSchemaException {
        Path file = folder.resolve("bench-pipeline-" + files++ + ".db");
        LiveVerdicts live = new LiveVerdicts();
        try (Journal journal = Journal.open(file, config, Clock.systemUTC());
                LiveVerdicts.Viewer durable = live.watch(this.texts.size());
                Pipeline pipeline = new Pipeline(
                        List.of(new Route(source(texts), List.of(task))),
                        new Alone(classifier),
                        journal,
                        live,
                        PipelineLimits.of(runs, config),
                        Clock.systemUTC())) {
            long start = System.nanoTime();
            pipeline.start();
            for (int done = 0; done < this.texts.size(); done++) {
                if (durable.next(PATIENCE) == null) {
                    throw new IOException("No verdict came for " + PATIENCE + ": " + pipeline.troubles());
                }
            }
            return textsPerSecond(start);
        } finally {
            for (String end : List.of("", "-wal", "-shm")) {
                AtomicFiles.remove(file.resolveSibling(file.getFileName() + end));
            }
        }
    }

    private static Source source(Path texts) {
        return new FileSource(
                "bench",
                texts,
                Optional.empty(),
                new FileLimits(MAX_LINE_BYTES, Duration.ofMillis(50), 4, 10),
                Clock.systemUTC());
    }

    private double alone(ExecutorService threads) throws ClassificationException, InterruptedException {
        AtomicInteger next = new AtomicInteger();
        Callable<Void> judging = () -> {
            for (int i = next.getAndIncrement(); i < texts.size(); i = next.getAndIncrement()) {
                classifier.classify(task, texts.get(i));
            }
            return null;
        };
        long start = System.nanoTime();
        for (Future<Void> each : threads.invokeAll(Collections.nCopies(runs, judging))) {
            try {
                each.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof ClassificationException refused) {
                    throw refused;
                }
                throw new IllegalStateException(e);
            }
        }
        return textsPerSecond(start);
    }

    private double textsPerSecond(long start) {
        return texts.size() * SECOND_NANOS / (System.nanoTime() - start);
    }

    /** The classifier itself, without the Set around it. */
    private record Alone(Classifier classifier) implements Judge {
        @Override
        public Set<String> tasks() {
            return classifier.tasks();
        }

        @Override
        public List<String> labels(String task) {
            return classifier.taskManifest(task).labelNames();
        }

        @Override
        public Classification judge(String task, String text) throws JudgingFailedException {
            try {
                return classifier.classify(task, text);
            } catch (ClassificationException e) {
                throw new JudgingFailedException("error", e);
            }
        }
    }
}
