package dev.picket.inference.codec;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.picket.inference.Priority;
import java.util.List;
import java.util.Map;

/** Whole manifests, for tests that then break them. */
final class Samples {
    private static final String SHA = "0123456789abcdef".repeat(4);

    private static final List<Double> TENTHS = List.of(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0);

    private Samples() {}

    static BaseManifest base() {
        return new BaseManifest(
                "picket-small",
                "0.1.0",
                "LlamaForCausalLM",
                new BaseManifest.Quantisation("int4", 32, true, 4),
                512,
                new BaseManifest.Graph(
                        BaseManifest.CONTRACT, 4, 2, 64, 256, 4096, List.of("model.layers.0.self_attn.q_proj")),
                List.of(new ListedFile("model.onnx", 3, SHA), new ListedFile("tokenizer.json", 0, SHA)),
                "Apache-2.0",
                JsonMapper.builder().build().createObjectNode().put("recipe", "small"));
    }

    static BaseManifest wired() {
        Wiring wiring = new Wiring(
                "decoder.onnx",
                Wiring.Answer.LAST,
                new Wiring.Inputs(
                        "ids",
                        "mask",
                        "positions",
                        null,
                        null,
                        "kept",
                        new Wiring.Layered("past.%d.key", "past.%d.value")),
                new Wiring.Outputs("logits", "states", new Wiring.Layered("now.%d.key", "now.%d.value")),
                List.of("a", "b"));
        return new BaseManifest(
                "foreign",
                "1",
                "LlamaForSequenceClassification",
                new BaseManifest.Quantisation("other", 0, true, 0),
                128,
                new BaseManifest.Graph(BaseManifest.WIRED, 2, 1, 8, 16, 4096, List.of(), wiring),
                List.of(new ListedFile("decoder.onnx", 3, SHA), new ListedFile("tokenizer.json", 0, SHA)),
                "NOASSERTION",
                JsonMapper.builder().build().createObjectNode(),
                List.of(new Golden(List.of(1, 2), "hidden", 16, 4.5, List.of(0.5, -1.25), 0.1)));
    }

    static TaskManifest task() {
        return task(new Scoring.Head());
    }

    static TaskManifest task(Scoring scoring) {
        List<ListedFile> files = scoring instanceof Scoring.Head
                ? List.of(new ListedFile(TaskManifest.EXAM, 3, SHA), new ListedFile(TaskManifest.HEAD, 4, SHA))
                : List.of(new ListedFile(TaskManifest.EXAM, 3, SHA));
        TaskManifest.Prompt prompt = new TaskManifest.Prompt("<s>", "</s>", 256);
        List<TaskManifest.Label> labels = List.of(
                new TaskManifest.Label("ham", Priority.ROUTINE, false),
                new TaskManifest.Label("smishing", Priority.ALARM, true));
        String scored = ScoringDigest.of(
                SHA, null, scoring instanceof Scoring.Head ? SHA : null, scoring, List.of("ham", "smishing"), prompt);
        return new TaskManifest(
                "fraud",
                "0.1.0",
                SHA,
                labels,
                scoring,
                prompt,
                new TaskManifest.Calibration(1.5, List.of(0.0, -0.25), scored, 558, "CPUExecutionProvider", "x86-64"),
                new TaskManifest.DecisionRule(
                        new TaskManifest.Threshold(0.8, 500, 0.03),
                        Map.of("smishing", new TaskManifest.Threshold(0.9, 40, 0.1))),
                new DriftBaseline(List.of(476, 41), TENTHS, TENTHS, List.of(), TENTHS),
                new TaskManifest.ExamGates(0.98, 0.02, 0.81, 1.5),
                0.2,
                files);
    }
}
