package dev.picket.inference.codec;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Priority;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes {@code task.json} apart. */
final class TaskParser {
    private static final int MAX_BYTES = 1 << 20;
    private static final int FORMAT = 1;
    private static final int MAX_LABELS = 256;
    private static final int MAX_WORD_TOKENS = 32;
    private static final int MAX_BUCKETS = 1 << 22;
    private static final int MAX_PROMPT_CHARACTERS = 1 << 16;
    private static final double MAX_TEMPERATURE = 1000;
    private static final double MAX_BIAS = 1000;

    private TaskParser() {}

    static TaskManifest parse(byte[] bytes) throws BadArtefactException {
        Fields top = Fields.parse(TaskManifest.FILE, bytes, MAX_BYTES);
        top.integer("format", FORMAT, FORMAT);
        top.text("kind", 16, "task"::equals, "'task'");
        List<TaskManifest.Label> labels = labels(top);
        String name = top.text("name", 64, Names::plain, Names.PLAIN);
        TaskManifest manifest = new TaskManifest(
                name,
                top.text("version", 64, Names::printable, Names.PRINTABLE),
                digest(top, "base"),
                labels,
                scoring(top.object("scoring"), labels.size()),
                prompt(top.object("prompt")),
                calibration(top.object("calibration"), labels.size()),
                decision(top.object("decision"), labels),
                drift(top.objectOrNull("drift"), labels.size()),
                exam(top.object("exam")),
                top.number("maxChange", 0, 1),
                cascade(top.objectOrNull("cascade"), name, labels),
                ListedFile.parse(top, 16));
        top.end();
        requireFiles(top, manifest);
        String scored = manifest.scoringDigest();
        if (!manifest.calibration().scoringDigest().equals(scored)) {
            throw top.fault(
                    "calibration.scoringDigest",
                    "is not " + scored
                            + ": the calibration was fitted on another base, adapter, head, prompt or label list; fit it again");
        }
        return manifest;
    }

    private static void requireFiles(Fields top, TaskManifest manifest) throws BadArtefactException {
        if (manifest.file(TaskManifest.EXAM).isEmpty()) {
            throw top.fault("files", "does not list " + TaskManifest.EXAM);
        }
        boolean head = manifest.file(TaskManifest.HEAD).isPresent();
        if (head != manifest.scoring() instanceof Scoring.Head) {
            throw top.fault(
                    "files",
                    head
                            ? "lists a head, but the scoring is not of kind 'head'"
                            : "does not list " + TaskManifest.HEAD + ", which scoring of kind 'head' needs");
        }
    }

    private static List<TaskManifest.Label> labels(Fields top) throws BadArtefactException {
        List<TaskManifest.Label> labels = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Fields label : top.objects("labels", MAX_LABELS)) {
            String name = label.text("name", 64, Names::printable, Names.PRINTABLE);
            if (!names.add(name)) {
                throw label.fault("name", "is '" + name + "' a second time");
            }
            labels.add(new TaskManifest.Label(name, priority(label), label.truth("escalate")));
            label.end();
        }
        if (labels.size() < 2) {
            throw top.fault("labels", "has " + labels.size() + " labels, a task needs two or more");
        }
        return labels;
    }

    private static Priority priority(Fields label) throws BadArtefactException {
        return switch (label.text("priority", 16)) {
            case "alarm" -> Priority.ALARM;
            case "notice" -> Priority.NOTICE;
            case "routine" -> Priority.ROUTINE;
            default -> throw label.fault("priority", "must be 'alarm', 'notice' or 'routine'");
        };
    }

    private static Scoring scoring(Fields fields, int labels) throws BadArtefactException {
        Scoring scoring = switch (fields.text("kind", 16)) {
            case "head" -> new Scoring.Head(wide(fields.objectOrNull("wide")));
            case "classifier" -> new Scoring.Classifier();
            case "verbaliser" -> new Scoring.Verbaliser(words(fields, labels));
            default -> throw fields.fault("kind", "must be 'head', 'verbaliser' or 'classifier'");
        };
        fields.end();
        return scoring;
    }

    private static Scoring.@Nullable Wide wide(@Nullable Fields fields) throws BadArtefactException {
        if (fields == null) {
            return null;
        }
        fields.text("features", 16, Scoring.Wide.FEATURES::equals, "'" + Scoring.Wide.FEATURES + "'");
        Scoring.Wide wide = new Scoring.Wide(
                fields.integer("buckets", 2, MAX_BUCKETS),
                fields.integer("words", 0, 4),
                fields.integer("minCharacters", 1, 8),
                fields.integer("maxCharacters", 0, 8),
                fields.integer("maxTextCharacters", 2, 1 << 16));
        if (Integer.bitCount(wide.buckets()) != 1) {
            throw fields.fault("buckets", "is " + wide.buckets() + ", a power of two is needed");
        }
        boolean characters = wide.maxCharacters() > 0;
        if (characters ? wide.minCharacters() > wide.maxCharacters() : wide.words() == 0) {
            throw fields.fault("maxCharacters", "and words leave no n-grams at all");
        }
        fields.end();
        return wide;
    }

    private static List<Scoring.Word> words(Fields fields, int labels) throws BadArtefactException {
        List<Scoring.Word> words = new ArrayList<>();
        for (Fields word : fields.objects("words", MAX_LABELS)) {
            List<Integer> tokens = word.integers("tokens", MAX_WORD_TOKENS, 0, (1 << 24) - 1);
            if (tokens.isEmpty()) {
                throw word.fault("tokens", "is empty");
            }
            words.add(new Scoring.Word(word.text("text", 256), tokens));
            word.end();
        }
        requireOneEach(fields, "words", words, labels);
        return words;
    }

    private static TaskManifest.Prompt prompt(Fields fields) throws BadArtefactException {
        TaskManifest.Prompt prompt = new TaskManifest.Prompt(
                fields.text("prefix", MAX_PROMPT_CHARACTERS),
                fields.text("suffix", MAX_PROMPT_CHARACTERS),
                fields.integer("maxTextTokens", 2, 1 << 20));
        fields.end();
        return prompt;
    }

    private static TaskManifest.Calibration calibration(Fields fields, int labels) throws BadArtefactException {
        TaskManifest.Calibration calibration = new TaskManifest.Calibration(
                fields.number("temperature", 1 / MAX_TEMPERATURE, MAX_TEMPERATURE),
                fields.numbers("bias", MAX_LABELS, -MAX_BIAS, MAX_BIAS),
                digest(fields, "scoringDigest"),
                fields.integer("n", 0, Integer.MAX_VALUE),
                fields.text("provider", 64, Names::printable, Names.PRINTABLE),
                fields.text("processor", 64, Names::printable, Names.PRINTABLE));
        requireOneEach(fields, "bias", calibration.bias(), labels);
        fields.end();
        return calibration;
    }

    private static TaskManifest.DecisionRule decision(Fields fields, List<TaskManifest.Label> labels)
            throws BadArtefactException {
        Fields threshold = fields.objectOrNull("threshold");
        Map<String, TaskManifest.Threshold> perLabel = new LinkedHashMap<>();
        for (Map.Entry<String, Fields> entry :
                fields.named("perLabel", MAX_LABELS).entrySet()) {
            if (labels.stream().noneMatch(l -> l.name().equals(entry.getKey()))) {
                throw fields.fault("perLabel", "names '" + entry.getKey() + "', which is no label of the task");
            }
            perLabel.put(entry.getKey(), threshold(entry.getValue()));
        }
        fields.end();
        return new TaskManifest.DecisionRule(threshold == null ? null : threshold(threshold), perLabel);
    }

    private static @Nullable CascadeRule cascade(@Nullable Fields fields, String name, List<TaskManifest.Label> labels)
            throws BadArtefactException {
        return fields == null ? null : CascadeRule.parse(fields, name, labels);
    }

    static TaskManifest.Threshold threshold(Fields fields) throws BadArtefactException {
        TaskManifest.Threshold threshold = new TaskManifest.Threshold(
                fields.number("value", 0, 1), fields.integer("n", 0, Integer.MAX_VALUE), fields.number("bound", 0, 1));
        fields.end();
        return threshold;
    }

    private static @Nullable DriftBaseline drift(@Nullable Fields fields, int labels) throws BadArtefactException {
        return fields == null ? null : DriftBaseline.parse(fields, labels);
    }

    private static TaskManifest.ExamGates exam(Fields fields) throws BadArtefactException {
        TaskManifest.ExamGates gates = new TaskManifest.ExamGates(
                fields.number("minAgreement", 0, 1),
                fields.number("maxMeanDifference", 0, 1),
                fields.number("macroF1", 0, 1),
                fields.number("maxLatencyRatio", 0, 1000));
        fields.end();
        return gates;
    }

    private static String digest(Fields fields, String key) throws BadArtefactException {
        return fields.text(key, 64, Sha256::looksRight, "64 lower-case hex characters");
    }

    private static void requireOneEach(Fields fields, String key, List<?> list, int labels)
            throws BadArtefactException {
        if (list.size() != labels) {
            throw fields.fault(
                    key, "has " + list.size() + " elements, one for each of the " + labels + " labels is needed");
        }
    }
}
