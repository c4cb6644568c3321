package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.Signals;
import dev.picket.inference.Stage;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.drift.Centroids;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task in memory on its base: scorer, calibration and thresholds around a prompted base. The files' bytes are not kept.
 */
final class LoadedTask {
    private static final Logger LOG = LoggerFactory.getLogger(LoadedTask.class);
    /** Of the heap, for outputs that are copied as a whole; the rest of the agent lives in it, too. */
    private static final int HEAP_SHARE = 4;

    private static final String SELF_TEST = "Picket tests itself: 0 1 2 3, ä é 日本.";

    private final TaskManifest manifest;
    private final String digest;
    private final List<String> labels;
    private final PromptedBase prompted;
    private final Scorer scorer;
    private final Calibration calibration;
    private final Thresholds thresholds;
    private final @Nullable Centroids centroids;
    private final Lifetime lifetime;

    private LoadedTask(TaskFolder task, PromptedBase prompted, Scorer scorer, @Nullable Centroids centroids) {
        this.manifest = task.manifest();
        this.digest = task.digest();
        this.labels = manifest.labelNames();
        this.prompted = prompted;
        this.scorer = scorer;
        this.calibration = new Calibration(manifest.calibration());
        this.thresholds = new Thresholds(manifest.decision());
        this.centroids = centroids;
        this.lifetime = new Lifetime(prompted::close);
    }

    /**
     * Loads a task, computes its prefix and tests it once, so that the first text finds it warm.
     *
     * @throws BadArtefactException when it was not made for this base, or fails its test
     */
    static LoadedTask load(Base base, TaskFolder task) throws BadArtefactException {
        TaskManifest manifest = task.manifest();
        if (!manifest.base().equals(base.digest())) {
            throw new BadArtefactException("Task '" + manifest.name() + "' was made for base " + manifest.base()
                    + ", the base here is " + base.digest() + ".");
        }
        base.checkCalibration(manifest);
        Scorer scorer = scorer(base, task);
        Centroids centroids = centroids(base, task);
        PromptedBase prompted = PromptedBase.open(
                base, manifest.prompt(), task.file(TaskManifest.ADAPTER).orElse(null), scorer.tokensBehind());
        LoadedTask loaded = new LoadedTask(task, prompted, scorer, centroids);
        boolean passed = false;
        try {
            loaded.testItself();
            prompted.requireRoom(scorer, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
            passed = true;
        } finally {
            if (!passed) {
                loaded.lifetime.end();
            }
        }
        return loaded;
    }

    private static Scorer scorer(Base base, TaskFolder task) throws BadArtefactException {
        TaskManifest manifest = task.manifest();
        BaseManifest.Graph graph = base.manifest().graph();
        return switch (manifest.scoring()) {
            case Scoring.Head head ->
                HeadScorer.load(
                        task.file(TaskManifest.HEAD).orElseThrow(),
                        head,
                        manifest.labels().size(),
                        graph);
            case Scoring.Verbaliser(List<Scoring.Word> words) ->
                VerbaliserScorer.load(manifest.name(), words, base.encoder(), graph);
            case Scoring.Classifier _ -> ClassifierScorer.load(manifest.name(), manifest.labelNames(), graph);
        };
    }

    /** Null where the task ships none. */
    private static @Nullable Centroids centroids(Base base, TaskFolder task) throws BadArtefactException {
        byte[] bytes = task.file(TaskManifest.CENTROIDS).orElse(null);
        return bytes == null
                ? null
                : Centroids.load(
                        bytes,
                        task.manifest().labels().size(),
                        base.manifest().graph().hiddenSize());
    }

    /** The same text must give the same finite scores twice. */
    private void testItself() throws BadArtefactException {
        try {
            float[] first = scores(SELF_TEST);
            long start = System.nanoTime();
            float[] second = scores(SELF_TEST);
            long nanos = System.nanoTime() - start;
            if (!Arrays.equals(first, second)) {
                throw new BadArtefactException("Task '" + name() + "' gave " + Arrays.toString(first) + " and then "
                        + Arrays.toString(second) + " for the same text.");
            }
            LOG.info(
                    "Task {} {} ({}) is ready: its test text takes {} us",
                    name(),
                    manifest.version(),
                    digest,
                    TimeUnit.NANOSECONDS.toMicros(nanos));
        } catch (ClassificationException e) {
            throw new BadArtefactException("Task '" + name() + "' fails its own test: " + e.getMessage(), e);
        }
    }

    Classification classify(String text) throws ClassificationException {
        long start = System.nanoTime();
        long waited = Turn.current().waitedNanos();
        PromptedBase.Answer answer = ask(text);
        List<Float> probabilities =
                calibration.probabilities(finite(answer.scores().values()));
        int best = 0;
        for (int i = 1; i < probabilities.size(); i++) {
            best = probabilities.get(i) > probabilities.get(best) ? i : best;
        }
        TaskManifest.Label label = manifest.labels().get(best);
        return new Classification(
                name(),
                prompted.base().digest(),
                digest,
                labels,
                probabilities,
                label.name(),
                probabilities.get(best),
                label.priority(),
                thresholds.decide(label, probabilities.get(best)),
                answer.cut(),
                Stage.MAIN,
                false,
                signals(text, answer),
                System.nanoTime() - start - (Turn.current().waitedNanos() - waited));
    }

    private Signals signals(String text, PromptedBase.Answer answer) {
        float labelMass = answer.scores().labelMass();
        float[] hidden = answer.scores().hidden();
        return new Signals(
                answer.tokens(),
                answer.cut() ? 0 : text.length(),
                Float.isNaN(labelMass) ? null : (double) labelMass,
                centroids == null || hidden == null ? null : centroids.distance(hidden));
    }

    /** The scores before calibration. */
    float[] scores(String text) throws ClassificationException {
        return finite(ask(text).scores().values());
    }

    private PromptedBase.Answer ask(String text) throws ClassificationException {
        try {
            return prompted.ask(text, scorer);
        } catch (OrtException e) {
            throw new ClassificationException(
                    name(), "Task '" + name() + "': ONNX Runtime refused the run: " + e.getMessage(), e);
        }
    }

    private float[] finite(float[] scores) throws ClassificationException {
        for (int i = 0; i < scores.length; i++) {
            if (!Float.isFinite(scores[i])) {
                throw new ClassificationException(
                        name(),
                        "Task '" + name() + "' gave the score " + scores[i] + " for label '" + labels.get(i) + "'.");
            }
        }
        return scores;
    }

    String name() {
        return manifest.name();
    }

    TaskManifest manifest() {
        return manifest;
    }

    String digest() {
        return digest;
    }

    PromptedBase prompted() {
        return prompted;
    }

    Scorer scorer() {
        return scorer;
    }

    Lifetime lifetime() {
        return lifetime;
    }
}
