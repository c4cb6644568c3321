package dev.picket.models.task;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.DriftBaseline;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.drift.Centroids;
import dev.picket.inference.engine.Base;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.HiddenReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Measures what a calibrated task sees on labelled rows that it was not trained on, through the path that the gateway runs, and writes
 * it as the task's drift baseline. Only statistics leave the rows: means of hidden states, counts, quantiles. Calibration, thresholds and
 * exam stay as they are; the task's digest changes.
 */
public final class DriftMeasure {
    /** How often each row is asked about: for its hidden state, and for its answer. */
    public static final int PASSES = 2;

    private DriftMeasure() {}

    /**
     * Writes centroids and task.json.
     *
     * @param done told of each row in each pass
     */
    public static TaskManifest of(Path base, Path folder, List<LabelledText> rows, TaskDesk.Done done)
            throws IOException, BadArtefactException {
        TaskFolder before = TaskFiles.read(folder);
        Centroids centroids = before.manifest().scoring() instanceof Scoring.Head && !rows.isEmpty()
                ? centroids(base, before, rows, done)
                : null;
        TaskManifest task = centroids == null
                ? before.manifest()
                : TaskDraft.replace(folder, before.manifest(), TaskManifest.CENTROIDS, centroids.toBytes());
        Tally tally = new Tally(task.labelNames());
        try (TaskDesk desk = TaskDesk.open(base, folder)) {
            for (LabelledText row : rows) {
                tally.add(desk.classify(row));
                done.one();
            }
        }
        TaskManifest measured = task.withDrift(rows.isEmpty() ? null : tally.baseline());
        TaskDraft.write(folder, measured);
        return measured;
    }

    private static Centroids centroids(Path base, TaskFolder task, List<LabelledText> rows, TaskDesk.Done done)
            throws IOException, BadArtefactException {
        BaseFolder folder = BaseFolder.read(base);
        Centroids.Means means = new Centroids.Means(
                task.manifest().labels().size(), folder.manifest().graph().hiddenSize());
        try (Base opened = Base.open(folder, EngineOptions.forCores(1));
                HiddenReader reader = HiddenReader.open(
                        opened,
                        task.manifest().prompt(),
                        task.file(TaskManifest.ADAPTER).orElse(null))) {
            for (LabelledText row : rows) {
                means.add(reader.read(row.text()), row.label());
                done.one();
            }
        } catch (ClassificationException e) {
            throw new BadArtefactException("Task " + task.manifest().name() + " fails on a text: " + e.getMessage(), e);
        }
        return means.centroids();
    }

    /** Keeps of each answer the numbers that the baseline is made of. */
    private static final class Tally {
        private final List<String> labels;
        private final Integer[] counts;
        private final List<Double> confidence = new ArrayList<>();
        private final List<Double> distance = new ArrayList<>();
        private final List<Double> tokens = new ArrayList<>();
        private final List<Double> mass = new ArrayList<>();

        Tally(List<String> labels) {
            this.labels = labels;
            this.counts = new Integer[labels.size()];
            Arrays.fill(counts, 0);
        }

        void add(Classification answer) {
            counts[labels.indexOf(answer.label())]++;
            confidence.add((double) answer.confidence());
            addIfMeasured(distance, answer.signals().distance());
            addIfMeasured(tokens, answer.signals().tokensPerCharacter());
            addIfMeasured(mass, answer.signals().labelMass());
        }

        DriftBaseline baseline() {
            return new DriftBaseline(
                    List.of(counts),
                    DriftBaseline.quantiles(confidence),
                    DriftBaseline.quantiles(distance),
                    DriftBaseline.quantiles(tokens),
                    DriftBaseline.quantiles(mass));
        }

        private static void addIfMeasured(List<Double> to, @Nullable Double value) {
            if (value != null) {
                to.add(value);
            }
        }
    }
}
