package dev.picket.models.wrap;

import dev.picket.inference.Priority;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.Safetensors;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.ScoringDigest;
import dev.picket.inference.codec.Sha256;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.engine.PromptEncoder;
import dev.picket.models.Released;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A folder as one of the two tools leaves it, and tasks on the base that it becomes. */
final class ForeignFolder {
    static final TaskManifest.Prompt PROMPT = new TaskManifest.Prompt("<s>Is this fraud? ", " Answer:", 48);

    private final Path folder;
    Optional<Integer> context = Optional.empty();
    List<String> labels = List.of();

    ForeignFolder(Path folder) throws Exception {
        this.folder = Files.createDirectories(folder);
        Files.copy(Released.BASE.resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
    }

    ForeignFolder graph(String name, SmallGraph graph) throws Exception {
        Files.write(folder.resolve(name), graph.bytes());
        return this;
    }

    /** As {@code optimum-cli export onnx} leaves it. */
    ForeignFolder optimum(String architecture, String more) throws Exception {
        Files.writeString(folder.resolve("config.json"), """
                {"architectures": ["%s"], "vocab_size": 4096, "hidden_size": 16, "max_position_embeddings": 128%s}""".formatted(architecture, more));
        return this;
    }

    /** As {@code python -m onnxruntime_genai.models.builder} leaves it. */
    ForeignFolder genai(String file, String pastKey, String pastValue) throws Exception {
        Files.writeString(folder.resolve("genai_config.json"), """
                {"model": {"context_length": 128, "vocab_size": 4096, "type": "llama", "decoder": {
                  "filename": "%s", "head_size": 8, "hidden_size": 16, "num_hidden_layers": 2, "num_key_value_heads": 1,
                  "inputs": {"input_ids": "input_ids", "attention_mask": "attention_mask",
                             "past_key_names": "%s", "past_value_names": "%s"},
                  "outputs": {"logits": "logits", "present_key_names": "present.%%d.key",
                              "present_value_names": "present.%%d.value"}}},
                 "search": {"max_length": 128}}""".formatted(file, pastKey, pastValue));
        return this;
    }

    BaseFolder wrapped() throws Exception {
        new WrappedBase(folder, new WrappedBase.Naming("small", "1", "Apache-2.0", Optional.empty(), context, labels))
                .write();
        return BaseFolder.read(folder);
    }

    Path path() {
        return folder;
    }

    PromptEncoder encoder() throws Exception {
        return PromptEncoder.of(Files.readAllBytes(folder.resolve("tokenizer.json")));
    }

    /** Prefix, text and suffix as token ids. */
    static long[] tokens(PromptEncoder encoder, String text) {
        return join(
                encoder.prompt(PROMPT.prefix()),
                encoder.text(text, PROMPT.maxTextTokens()).ids(),
                encoder.prompt(PROMPT.suffix()));
    }

    static long[] join(long[]... parts) {
        return Arrays.stream(parts).flatMapToLong(Arrays::stream).toArray();
    }

    static Scoring.Word word(PromptEncoder encoder, String text) {
        return new Scoring.Word(
                text,
                Arrays.stream(encoder.text(text, 32).ids())
                        .mapToObj(Math::toIntExact)
                        .toList());
    }

    static TaskFolder task(BaseFolder base, Scoring scoring, List<String> labels, float[] head) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put(TaskManifest.EXAM, new byte[0]);
        if (scoring instanceof Scoring.Head) {
            float[] turned = new float[head.length];
            for (int i = 0; i < SmallModel.HIDDEN; i++) {
                for (int label = 0; label < SmallModel.LABELS; label++) {
                    turned[label * SmallModel.HIDDEN + i] = head[i * SmallModel.LABELS + label];
                }
            }
            Map<String, FloatTensor> tensors = new LinkedHashMap<>();
            tensors.put("weight", new FloatTensor(List.of((long) SmallModel.LABELS, (long) SmallModel.HIDDEN), turned));
            tensors.put("bias", new FloatTensor(List.of((long) SmallModel.LABELS), new float[SmallModel.LABELS]));
            files.put(TaskManifest.HEAD, Safetensors.write(tensors));
        }
        byte[] bytes = files.get(TaskManifest.HEAD);
        String scored =
                ScoringDigest.of(base.digest(), null, bytes == null ? null : Sha256.of(bytes), scoring, labels, PROMPT);
        TaskManifest manifest = new TaskManifest(
                "small",
                "1",
                base.digest(),
                labels.stream()
                        .map(name -> new TaskManifest.Label(name, Priority.ROUTINE, false))
                        .toList(),
                scoring,
                PROMPT,
                new TaskManifest.Calibration(1, Collections.nCopies(labels.size(), 0.0), scored, 0, "none", "none"),
                new TaskManifest.DecisionRule(null, Map.of()),
                null,
                new TaskManifest.ExamGates(0.98, 0.02, 0, 1.5),
                0.2,
                files.entrySet().stream()
                        .map(file -> ListedFile.of(file.getKey(), file.getValue()))
                        .toList());
        return new TaskFolder(manifest, Sha256.of(manifest.toBytes()), files);
    }
}
