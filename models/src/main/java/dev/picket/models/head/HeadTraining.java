package dev.picket.models.head;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.Safetensors;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.engine.Base;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.HiddenReader;
import dev.picket.models.task.LabelledText;
import dev.picket.models.task.TaskDraft;
import dev.picket.models.task.TaskFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Trains a task's head: reads the hidden state of each text through the INT4 base, adapter and prompt that the gateway runs, fits a linear head
 * on them, and writes it as the task's. What was fitted on the head before it (calibration, thresholds, drift baseline, exam) is taken out
 * of task.json, so the task escalates everything until it is calibrated again.
 */
public final class HeadTraining {
    private static final List<Double> STRENGTHS = List.of(1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001);
    /**
     * How large hidden states are beside n-grams. A base that was tuned on the very texts is too sure of them: its states need a stronger L2
     * than the n-grams do, which smaller states get from the same one.
     */
    private static final List<Double> SHARES = List.of(1.0, 0.1, 0.05);

    private static final double LEAST_DEVIATION = 1e-6;

    private final Path base;
    private final Path folder;
    private final int maxNgrams;

    /**
     * @param folder the task's, rewritten
     * @param maxNgrams of the wide part; 0 for a head without one
     */
    public HeadTraining(Path base, Path folder, int maxNgrams) {
        this.base = base;
        this.folder = folder;
        this.maxNgrams = maxNgrams;
    }

    /** Told how the work goes on. */
    public interface Progress {
        /** A text was read. */
        void read();

        /** One of so many heads is fitted. */
        void fitted(int of);
    }

    /**
     * One strength of L2 and what it reached on the dev rows.
     *
     * @param share how large hidden states were beside n-grams
     */
    public record Tried(double share, double l2, double macroF1, double loss) {}

    /**
     * What was made.
     *
     * @param ngrams of the wide part
     */
    public record Outcome(TaskManifest task, int trainRows, int devRows, int ngrams, Tried best, List<Tried> tried) {}

    /** Fits on the one list, chooses on the other, and writes head and task.json. */
    public Outcome run(List<LabelledText> train, List<LabelledText> dev, Progress progress)
            throws IOException, BadArtefactException {
        TaskFolder task = TaskFiles.read(folder);
        TaskManifest manifest = task.manifest();
        if (!(manifest.scoring() instanceof Scoring.Head)) {
            throw new BadArtefactException("Task " + manifest.name() + " scores by '"
                    + manifest.scoring().wireName() + "' and has no head to train.");
        }
        requireEachLabel(manifest, train);
        BaseFolder baseFolder = BaseFolder.read(base);
        TaskDraft.requireSame(manifest, baseFolder);
        List<LabelledText> all = new ArrayList<>(train);
        all.addAll(dev);
        TrainingRoom.ofThisProcess()
                .require(
                        all,
                        baseFolder.manifest().graph().hiddenSize(),
                        manifest.labels().size(),
                        maxNgrams);
        List<float[]> trainStates;
        List<float[]> devStates;
        try (Base opened = Base.open(baseFolder, EngineOptions.forCores(1));
                HiddenReader reader = HiddenReader.open(
                        opened,
                        manifest.prompt(),
                        task.file(TaskManifest.ADAPTER).orElse(null))) {
            trainStates = states(reader, train, progress);
            devStates = states(reader, dev, progress);
        }
        return fitted(manifest, train, trainStates, dev, devStates, progress);
    }

    private Outcome fitted(
            TaskManifest manifest,
            List<LabelledText> train,
            List<float[]> trainStates,
            List<LabelledText> dev,
            List<float[]> devStates,
            Progress progress)
            throws IOException, BadArtefactException {
        Standard standard = Standard.of(trainStates);
        Ngrams ngrams = maxNgrams == 0
                ? null
                : new Ngrams(train.stream().map(LabelledText::text).toList(), maxNgrams);
        Features seen = features(standard, ngrams, train, trainStates);
        Features chooseBy = features(standard, ngrams, dev, devStates);
        List<Double> shares = ngrams == null ? List.of(1.0) : SHARES;
        HeadChoice choice = new HeadChoice();
        double before = 1;
        for (double share : shares) {
            seen.scaleDense(share / before);
            chooseBy.scaleDense(share / before);
            before = share;
            new HeadFit(STRENGTHS)
                    .of(
                            seen,
                            truth(train),
                            chooseBy,
                            truth(dev),
                            manifest.labels().size(),
                            (l2, macroF1, loss, parameters) -> {
                                choice.offer(new Tried(share, l2, macroF1, loss), parameters);
                                progress.fitted(shares.size() * STRENGTHS.size());
                            });
        }
        HeadChoice.Held taken = choice.taken();
        Head head = new Head(
                taken.parameters(),
                manifest.labels().size(),
                standard.scaled(taken.tried().share()),
                ngrams);
        TaskManifest made = TaskDraft.withHead(
                folder, manifest, new Scoring.Head(ngrams == null ? null : Ngrams.SHAPE), head.toBytes());
        return new Outcome(
                made,
                train.size(),
                dev.size(),
                ngrams == null ? 0 : ngrams.buckets().length,
                taken.tried(),
                choice.tried());
    }

    private static void requireEachLabel(TaskManifest task, List<LabelledText> train) throws BadArtefactException {
        for (int label = 0; label < task.labels().size(); label++) {
            int asked = label;
            if (train.stream().noneMatch(row -> row.label() == asked)) {
                throw new BadArtefactException("None of the " + train.size() + " rows to train on has the label '"
                        + task.labelNames().get(label) + "'.");
            }
        }
    }

    private static List<float[]> states(HiddenReader reader, List<LabelledText> rows, Progress progress)
            throws BadArtefactException {
        List<float[]> states = new ArrayList<>();
        for (LabelledText row : rows) {
            try {
                states.add(reader.read(row.text()));
            } catch (ClassificationException e) {
                throw new BadArtefactException(
                        "The base fails on the text of line " + row.line() + ": " + e.getMessage(), e);
            }
            progress.read();
        }
        return states;
    }

    private static Features features(
            Standard standard, @Nullable Ngrams ngrams, List<LabelledText> rows, List<float[]> states) {
        List<int[]> places = new ArrayList<>();
        List<float[]> values = new ArrayList<>();
        for (int row = 0; row < rows.size(); row++) {
            standard.apply(states.get(row));
            if (ngrams == null) {
                places.add(new int[0]);
                values.add(new float[0]);
            } else {
                ngrams.of(rows.get(row).text(), places, values);
            }
        }
        return new Features(states, places, values, ngrams == null ? 0 : ngrams.buckets().length);
    }

    private static int[] truth(List<LabelledText> rows) {
        return rows.stream().mapToInt(LabelledText::label).toArray();
    }

    /** Mean and deviation of each number of a state. */
    private static final class Standard {
        private final double[] mean;
        private final double[] deviation;

        private Standard(double[] mean, double[] deviation) {
            this.mean = mean;
            this.deviation = deviation;
        }

        static Standard of(List<float[]> states) {
            int width = states.getFirst().length;
            double[] mean = new double[width];
            double[] deviation = new double[width];
            for (float[] state : states) {
                for (int i = 0; i < width; i++) {
                    mean[i] += state[i] / states.size();
                }
            }
            for (float[] state : states) {
                for (int i = 0; i < width; i++) {
                    deviation[i] += (state[i] - mean[i]) * (state[i] - mean[i]) / states.size();
                }
            }
            for (int i = 0; i < width; i++) {
                deviation[i] = Math.max(LEAST_DEVIATION, Math.sqrt(deviation[i]));
            }
            return new Standard(mean, deviation);
        }

        /** That of states so many times as large. */
        Standard scaled(double times) {
            return new Standard(
                    mean, Arrays.stream(deviation).map(each -> each / times).toArray());
        }

        void apply(float[] state) {
            for (int i = 0; i < state.length; i++) {
                state[i] = (float) ((state[i] - mean[i]) / deviation[i]);
            }
        }
    }

    /** Parameters for the features as they are before they were made even. */
    private static final class Head {
        private final double[] parameters;
        private final int labels;
        private final Standard standard;
        private final @Nullable Ngrams ngrams;

        Head(double[] parameters, int labels, Standard standard, @Nullable Ngrams ngrams) {
            this.parameters = parameters;
            this.labels = labels;
            this.standard = standard;
            this.ngrams = ngrams;
        }

        byte[] toBytes() {
            int width = standard.mean.length;
            int each = parameters.length / labels;
            int sparse = each - width - 1;
            float[] weight = new float[labels * width];
            float[] bias = new float[labels];
            float[] wide = new float[sparse * labels];
            for (int label = 0; label < labels; label++) {
                double shift = parameters[label * each + each - 1];
                for (int i = 0; i < width; i++) {
                    double w = parameters[label * each + i] / standard.deviation[i];
                    weight[label * width + i] = (float) w;
                    shift -= w * standard.mean[i];
                }
                bias[label] = (float) shift;
                for (int i = 0; i < sparse; i++) {
                    wide[i * labels + label] = (float) parameters[label * each + width + i] * Ngrams.SCALE;
                }
            }
            Map<String, FloatTensor> tensors = new LinkedHashMap<>();
            tensors.put("weight", new FloatTensor(List.of((long) labels, (long) width), weight));
            tensors.put("bias", new FloatTensor(List.of((long) labels), bias));
            Optional<Ngrams> listed = Optional.ofNullable(ngrams);
            if (listed.isEmpty()) {
                return Safetensors.write(tensors);
            }
            tensors.put("wide.weight", new FloatTensor(List.of((long) sparse, (long) labels), wide));
            return Safetensors.write(
                    tensors, Map.of("wide.buckets", listed.orElseThrow().buckets()));
        }
    }
}
