package dev.picket.inference.codec;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Priority;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code task.json} says: one question asked of texts. Its digest is the SHA-256 of the file's own bytes.
 *
 * @param name of the task, a plain name
 * @param version for people
 * @param base digest of the one base that the task was made for
 * @param labels 2 to 256, in the order of every probability list
 * @param scoring how scores are made
 * @param prompt what stands around the text
 * @param calibration from scores to probabilities
 * @param decision when a label stands
 * @param drift what was seen at the desk; null where none was measured
 * @param exam what the task must reach on the device
 * @param maxChange the largest share of labels that a trial in the shadow may change, 0 to 1
 * @param cascade when a first stage answers in its place; null: never
 * @param files every other file of the folder
 */
public record TaskManifest(
        String name,
        String version,
        String base,
        List<Label> labels,
        Scoring scoring,
        Prompt prompt,
        Calibration calibration,
        DecisionRule decision,
        @Nullable DriftBaseline drift,
        ExamGates exam,
        double maxChange,
        @Nullable CascadeRule cascade,
        List<ListedFile> files) {
    /** The file's name in its folder. */
    public static final String FILE = "task.json";

    /** The listed adapter's name. */
    public static final String ADAPTER = "adapter.onnx_adapter";

    /** The listed head's name. */
    public static final String HEAD = "head.safetensors";

    /** The listed centroids' name: float32 {@code centroids} [labels, hidden], the mean hidden state of each label's texts. */
    public static final String CENTROIDS = "centroids.safetensors";

    /** The listed exam's name. */
    public static final String EXAM = "exam.jsonl";

    public TaskManifest {
        labels = List.copyOf(labels);
        files = List.copyOf(files);
    }

    /**
     * One answer.
     *
     * @param priority of verdicts with this label
     * @param escalate whether a person looks at each
     */
    public record Label(String name, Priority priority, boolean escalate) {}

    /**
     * What stands around a text; each part is encoded by itself.
     *
     * @param maxTextTokens a longer text keeps its head and its tail
     */
    public record Prompt(String prefix, String suffix, int maxTextTokens) {}

    /**
     * {@code p = softmax(logits / temperature + bias)}.
     *
     * @param bias one a label
     * @param scoringDigest what this was fitted on
     * @param n rows it was fitted on
     */
    public record Calibration(
            double temperature, List<Double> bias, String scoringDigest, int n, String provider, String processor) {
        public Calibration {
            bias = List.copyOf(bias);
        }
    }

    /**
     * When a label stands.
     *
     * @param threshold for every label that has none of its own; null where no bound could be shown, and then they escalate
     * @param perLabel for single labels, by name, in place of the task's; each has a bound of its own, so it counts also
     *     where the task's is null
     */
    public record DecisionRule(@Nullable Threshold threshold, Map<String, Threshold> perLabel) {
        public DecisionRule {
            perLabel = Map.copyOf(perLabel);
        }
    }

    /**
     * The least confidence that is accepted.
     *
     * @param n rows it was chosen on
     * @param bound of the error rate above it
     */
    public record Threshold(double value, int n, double bound) {}

    /**
     * What an exam asks.
     *
     * @param minAgreement share of rows with the desk's label
     * @param maxMeanDifference mean absolute difference of probability
     * @param macroF1 the release's claim
     * @param maxLatencyRatio of the incumbent's 95th percentile
     */
    public record ExamGates(double minAgreement, double maxMeanDifference, double macroF1, double maxLatencyRatio) {}

    /** The same task with another baseline. */
    public TaskManifest withDrift(@Nullable DriftBaseline other) {
        return new TaskManifest(
                name,
                version,
                base,
                labels,
                scoring,
                prompt,
                calibration,
                decision,
                other,
                exam,
                maxChange,
                cascade,
                files);
    }

    /** One that no first stage answers for. */
    public TaskManifest(
            String name,
            String version,
            String base,
            List<Label> labels,
            Scoring scoring,
            Prompt prompt,
            Calibration calibration,
            DecisionRule decision,
            @Nullable DriftBaseline drift,
            ExamGates exam,
            double maxChange,
            List<ListedFile> files) {
        this(name, version, base, labels, scoring, prompt, calibration, decision, drift, exam, maxChange, null, files);
    }

    /** The same task with another rule for a first stage. */
    public TaskManifest withCascade(@Nullable CascadeRule other) {
        return new TaskManifest(
                name,
                version,
                base,
                labels,
                scoring,
                prompt,
                calibration,
                decision,
                drift,
                exam,
                maxChange,
                other,
                files);
    }

    /** The listed file of that name. */
    public Optional<ListedFile> file(String fileName) {
        return files.stream().filter(f -> f.name().equals(fileName)).findFirst();
    }

    /** The names of the labels, in order. */
    public List<String> labelNames() {
        return labels.stream().map(Label::name).toList();
    }

    /** The same task for another base, with its calibration as it is; whether it holds there is for who asks to know. */
    public TaskManifest onBase(String digest) {
        TaskManifest moved = withBase(digest, calibration);
        return withBase(
                digest,
                new Calibration(
                        calibration.temperature(),
                        calibration.bias(),
                        moved.scoringDigest(),
                        calibration.n(),
                        calibration.provider(),
                        calibration.processor()));
    }

    private TaskManifest withBase(String digest, Calibration fitted) {
        return new TaskManifest(
                name, version, digest, labels, scoring, prompt, fitted, decision, drift, exam, maxChange, cascade,
                files);
    }

    /** The scoring digest of what this manifest lists; equals the calibration's in a task that is whole. */
    public String scoringDigest() {
        return ScoringDigest.of(
                base,
                file(ADAPTER).map(ListedFile::sha256).orElse(null),
                file(HEAD).map(ListedFile::sha256).orElse(null),
                scoring,
                labelNames(),
                prompt);
    }

    /**
     * Parses the file strictly: an unknown key is a fault, and so is a calibration that was fitted on something else.
     *
     * @param bytes of task.json, at most 1 MiB
     * @throws BadArtefactException naming the JSON path at fault
     */
    public static TaskManifest parse(byte[] bytes) throws BadArtefactException {
        return TaskParser.parse(bytes);
    }

    /** The bytes to write as task.json; keys in a fixed order, one line, UTF-8. */
    public byte[] toBytes() {
        return ManifestWriter.bytes(this);
    }
}
