package dev.picket.inference.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes manifests; what it writes, the parsers take, and give the equal record back. */
final class ManifestWriter {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ManifestWriter() {}

    static byte[] bytes(BaseManifest base) {
        ObjectNode top = top("base", base.name(), base.version());
        top.put("architecture", base.architecture());
        top.putObject("quantisation")
                .put("scheme", base.quantisation().scheme())
                .put("blockSize", base.quantisation().blockSize())
                .put("symmetric", base.quantisation().symmetric())
                .put("accuracyLevel", base.quantisation().accuracyLevel());
        top.put("contextLength", base.contextLength());
        ObjectNode graph = top.putObject("graph")
                .put("contract", base.graph().contract())
                .put("layers", base.graph().layers())
                .put("kvHeads", base.graph().kvHeads())
                .put("headSize", base.graph().headSize())
                .put("hiddenSize", base.graph().hiddenSize())
                .put("vocabularySize", base.graph().vocabularySize());
        ArrayNode adapters = graph.putArray("adapters");
        base.graph().adapters().forEach(adapters::add);
        if (base.graph().contract().equals(BaseManifest.WIRED)) {
            wiring(graph.putObject("wiring"), base.graph().wiring());
        }
        files(top, base.files());
        top.put("licence", base.licence());
        top.set("madeBy", base.madeBy());
        if (!base.golden().isEmpty()) {
            golden(top.putArray("golden"), base.golden());
        }
        return bytes(top);
    }

    private static void wiring(ObjectNode node, Wiring wiring) {
        node.put("file", wiring.file()).put("answer", wiring.answer().wireName());
        Wiring.Inputs in = wiring.inputs();
        ObjectNode inputs = node.putObject("inputs").put("ids", in.ids());
        name(inputs, "mask", in.mask());
        name(inputs, "positions", in.positions());
        name(inputs, "types", in.types());
        name(inputs, "asked", in.asked());
        name(inputs, "kept", in.kept());
        layered(inputs, "past", in.past());
        ObjectNode outputs = node.putObject("outputs");
        name(outputs, "logits", wiring.outputs().logits());
        name(outputs, "hidden", wiring.outputs().hidden());
        layered(outputs, "present", wiring.outputs().present());
        if (!wiring.labels().isEmpty()) {
            wiring.labels().forEach(node.putArray("labels")::add);
        }
    }

    private static void name(ObjectNode node, String key, @Nullable String name) {
        if (name != null) {
            node.put(key, name);
        }
    }

    private static void layered(ObjectNode node, String key, Wiring.@Nullable Layered names) {
        if (names != null) {
            node.putObject(key).put("key", names.key()).put("value", names.value());
        }
    }

    private static void golden(ArrayNode array, List<Golden> cases) {
        for (Golden each : cases) {
            ObjectNode node = array.addObject();
            each.tokens().forEach(node.putArray("tokens")::add);
            node.put("output", each.output()).put("width", each.width()).put("norm", each.norm());
            each.values().forEach(node.putArray("values")::add);
            node.put("tolerance", each.tolerance());
        }
    }

    static byte[] bytes(TaskManifest task) {
        ObjectNode top = top("task", task.name(), task.version()).put("base", task.base());
        ArrayNode labels = top.putArray("labels");
        for (TaskManifest.Label label : task.labels()) {
            labels.addObject()
                    .put("name", label.name())
                    .put("priority", label.priority().wireName())
                    .put("escalate", label.escalate());
        }
        scoring(top.putObject("scoring"), task.scoring());
        top.putObject("prompt")
                .put("prefix", task.prompt().prefix())
                .put("suffix", task.prompt().suffix())
                .put("maxTextTokens", task.prompt().maxTextTokens());
        calibration(top.putObject("calibration"), task.calibration());
        decision(top.putObject("decision"), task.decision());
        if (task.drift() != null) {
            task.drift().write(top.putObject("drift"));
        }
        top.putObject("exam")
                .put("minAgreement", task.exam().minAgreement())
                .put("maxMeanDifference", task.exam().maxMeanDifference())
                .put("macroF1", task.exam().macroF1())
                .put("maxLatencyRatio", task.exam().maxLatencyRatio());
        top.put("maxChange", task.maxChange());
        if (task.cascade() != null) {
            task.cascade().write(top.putObject("cascade"));
        }
        files(top, task.files());
        return bytes(top);
    }

    private static void scoring(ObjectNode node, Scoring scoring) {
        node.put("kind", scoring.wireName());
        if (scoring instanceof Scoring.Verbaliser(List<Scoring.Word> words)) {
            ArrayNode array = node.putArray("words");
            for (Scoring.Word word : words) {
                ObjectNode entry = array.addObject().put("text", word.text());
                word.tokens().forEach(entry.putArray("tokens")::add);
            }
        }
        if (scoring instanceof Scoring.Head(Scoring.Wide wide) && wide != null) {
            node.putObject("wide")
                    .put("features", Scoring.Wide.FEATURES)
                    .put("buckets", wide.buckets())
                    .put("words", wide.words())
                    .put("minCharacters", wide.minCharacters())
                    .put("maxCharacters", wide.maxCharacters())
                    .put("maxTextCharacters", wide.maxTextCharacters());
        }
    }

    private static void calibration(ObjectNode node, TaskManifest.Calibration calibration) {
        node.put("temperature", calibration.temperature());
        calibration.bias().forEach(node.putArray("bias")::add);
        node.put("scoringDigest", calibration.scoringDigest())
                .put("n", calibration.n())
                .put("provider", calibration.provider())
                .put("processor", calibration.processor());
    }

    private static void decision(ObjectNode node, TaskManifest.DecisionRule decision) {
        TaskManifest.Threshold threshold = decision.threshold();
        if (threshold == null) {
            node.putNull("threshold");
        } else {
            threshold(node.putObject("threshold"), threshold);
        }
        ObjectNode perLabel = node.putObject("perLabel");
        new TreeMap<>(decision.perLabel()).forEach((label, value) -> threshold(perLabel.putObject(label), value));
    }

    private static void threshold(ObjectNode node, TaskManifest.Threshold threshold) {
        node.put("value", threshold.value()).put("n", threshold.n()).put("bound", threshold.bound());
    }

    private static void files(ObjectNode top, List<ListedFile> files) {
        ArrayNode array = top.putArray("files");
        for (ListedFile file : files) {
            array.addObject()
                    .put("name", file.name())
                    .put("length", file.length())
                    .put("sha256", file.sha256());
        }
    }

    private static ObjectNode top(String kind, String name, String version) {
        return JSON.createObjectNode()
                .put("format", 1)
                .put("kind", kind)
                .put("name", name)
                .put("version", version);
    }

    private static byte[] bytes(ObjectNode top) {
        try {
            return (JSON.writeValueAsString(top) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of texts and numbers is always JSON", e);
        }
    }
}
