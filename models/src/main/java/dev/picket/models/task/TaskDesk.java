package dev.picket.models.task;

import com.fasterxml.jackson.databind.JsonNode;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.Decision;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.exam.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A task on the desk, asked through the classifier that the gateway runs. */
public final class TaskDesk implements AutoCloseable {
    private final Classifier classifier;
    private final String task;

    private TaskDesk(Classifier classifier, String task) {
        this.classifier = classifier;
        this.task = task;
    }

    /** Loads and verifies both folders. */
    public static TaskDesk open(Path base, Path task) throws IOException, BadArtefactException {
        TaskFolder folder = TaskFiles.read(task);
        Classifier classifier = Classifier.open(BaseFolder.read(base), List.of(folder), EngineOptions.forCores(1));
        return new TaskDesk(classifier, folder.manifest().name());
    }

    /**
     * The task on the same checkpoint as its base with weights that were not rounded, to see what rounding changes; adapter, head and
     * calibration stay as they are. Of use on a desk only, since a gateway takes a task for its own base and no other.
     *
     * @param base that the task is for
     * @param unquantised of the same checkpoint, in float32
     * @throws BadArtefactException where they do not come from one checkpoint
     */
    public static TaskDesk openUnquantised(Path base, Path unquantised, Path task)
            throws IOException, BadArtefactException {
        BaseFolder rounded = BaseFolder.read(base);
        BaseFolder whole = BaseFolder.read(unquantised);
        JsonNode checkpoint = rounded.manifest().madeBy().path("checkpoint");
        if (checkpoint.isMissingNode()
                || !checkpoint.equals(whole.manifest().madeBy().path("checkpoint"))
                || !whole.manifest().quantisation().scheme().equals("none")) {
            throw new BadArtefactException(unquantised + " is not the checkpoint of " + base
                    + " in float32; import that again with --precision FLOAT32.");
        }
        TaskFolder folder = TaskFiles.read(task);
        TaskFolder moved = new TaskFolder(folder.manifest().onBase(whole.digest()), folder.digest(), folder.files());
        return new TaskDesk(
                Classifier.open(whole, List.of(moved), EngineOptions.forCores(1)),
                folder.manifest().name());
    }

    /** Told of each text that is done. */
    @FunctionalInterface
    public interface Done {
        void one();
    }

    /**
     * What a task did on labelled rows.
     *
     * @param accepted rows that it accepted
     * @param acceptedWrong those of them that were wrong
     */
    public record Evaluation(
            TaskManifest task,
            String taskDigest,
            String baseDigest,
            Metrics metrics,
            int accepted,
            int acceptedWrong) {}

    public TaskManifest manifest() {
        return classifier.taskManifest(task);
    }

    public String taskDigest() {
        return classifier.taskDigest(task);
    }

    public String baseDigest() {
        return classifier.baseDigest();
    }

    /** What the gateway would answer to a text, or why it would not. */
    public Classification ask(String text) throws ClassificationException {
        return classifier.classify(task, text);
    }

    /** What the gateway would answer to one row. */
    public Classification classify(LabelledText row) throws BadArtefactException {
        try {
            return ask(row.text());
        } catch (ClassificationException e) {
            throw failed(row, e);
        }
    }

    private BadArtefactException failed(LabelledText row, ClassificationException e) {
        String where = row.line() == 0 ? "a text" : "the text of line " + row.line();
        return new BadArtefactException("Task " + task + " fails on " + where + ": " + e.getMessage(), e);
    }

    /** Scores before calibration, one a label. */
    double[] scores(LabelledText row) throws BadArtefactException {
        try {
            float[] scores = classifier.scores(task, row.text());
            double[] wide = new double[scores.length];
            for (int i = 0; i < scores.length; i++) {
                wide[i] = scores[i];
            }
            return wide;
        } catch (ClassificationException e) {
            throw failed(row, e);
        }
    }

    /** Classifies all rows. */
    public Evaluation evaluate(List<LabelledText> rows, Done done) throws BadArtefactException {
        List<Integer> truth = new ArrayList<>();
        List<List<Float>> probabilities = new ArrayList<>();
        int accepted = 0;
        int wrong = 0;
        for (LabelledText row : rows) {
            Classification answer = classify(row);
            truth.add(row.label());
            probabilities.add(answer.probabilities());
            if (answer.decision() instanceof Decision.Accept) {
                accepted++;
                wrong += answer.labels().indexOf(answer.label()) == row.label() ? 0 : 1;
            }
            done.one();
        }
        Metrics metrics = Metrics.of(manifest().labels().size(), truth, probabilities);
        return new Evaluation(
                manifest(), classifier.taskDigest(task), classifier.baseDigest(), metrics, accepted, wrong);
    }

    @Override
    public void close() {
        classifier.close();
    }
}
