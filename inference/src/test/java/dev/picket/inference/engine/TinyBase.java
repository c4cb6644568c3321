package dev.picket.inference.engine;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Priority;
import dev.picket.inference.codec.AdapterFile;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.Safetensors;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.ScoringDigest;
import dev.picket.inference.codec.Sha256;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.codec.Wiring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A whole base of the tiny graph in a folder, and tasks on it, with knobs. */
final class TinyBase {
    static final List<String> LABELS = List.of("ham", "spam", "smishing");
    static final EngineOptions OPTIONS = new EngineOptions(4, 1, 1 << 20, 64);

    private final Path folder;
    private final String digest;

    private TinyBase(Path folder, String digest) {
        this.folder = folder;
        this.digest = digest;
    }

    /** Byte 1's embedding is NaN, so that a text can make the graph fail. */
    static TinyBase write(Path folder) throws IOException {
        return write(folder, new TinyGraph(TinyTokenizer.VOCABULARY, 1).toBytes(), TinyGraph.LAYERS, 1);
    }

    /** A base made elsewhere, whose graph answers at each token. */
    static TinyBase everywhere(Path folder) throws IOException {
        Wiring ours = Wiring.OURS;
        Wiring.Inputs in = ours.inputs();
        Wiring wiring = new Wiring(
                ours.file(),
                ours.answer(),
                new Wiring.Inputs(in.ids(), in.mask(), null, null, null, null, in.past()),
                ours.outputs(),
                List.of());
        return write(
                folder,
                new TinyGraph(TinyTokenizer.VOCABULARY, 1).everywhere().toBytes(),
                new BaseManifest.Graph(
                        BaseManifest.WIRED,
                        TinyGraph.LAYERS,
                        1,
                        (int) TinyGraph.HEAD,
                        (int) TinyGraph.HIDDEN,
                        TinyTokenizer.VOCABULARY,
                        List.of(),
                        wiring));
    }

    /** A base whose manifest lists the file that is there, but may say something else of its graph. */
    static TinyBase write(Path folder, byte[] model, int layers, int kvHeads) throws IOException {
        return write(
                folder,
                model,
                new BaseManifest.Graph(
                        BaseManifest.CONTRACT,
                        layers,
                        kvHeads,
                        (int) TinyGraph.HEAD,
                        (int) TinyGraph.HIDDEN,
                        TinyTokenizer.VOCABULARY,
                        List.of(TinyGraph.module(0), TinyGraph.module(1))));
    }

    private static TinyBase write(Path folder, byte[] model, BaseManifest.Graph graph) throws IOException {
        Files.write(folder.resolve("model.onnx"), model);
        Files.write(folder.resolve("tokenizer.json"), TinyTokenizer.json());
        BaseManifest manifest = new BaseManifest(
                "tiny",
                "1",
                "LlamaForCausalLM",
                new BaseManifest.Quantisation("none", 0, true, 0),
                TinyGraph.CONTEXT,
                graph,
                List.of(ListedFile.of(folder.resolve("model.onnx")), ListedFile.of(folder.resolve("tokenizer.json"))),
                "Apache-2.0",
                JsonMapper.builder().build().createObjectNode());
        Files.write(folder.resolve("base.json"), manifest.toBytes());
        return new TinyBase(folder, Sha256.of(manifest.toBytes()));
    }

    BaseFolder read() throws BadArtefactException, IOException {
        return BaseFolder.read(folder);
    }

    Path path() {
        return folder;
    }

    String digest() {
        return digest;
    }

    static AdapterFile adapter(long seed, long rank) {
        Map<String, FloatTensor> parameters = new LinkedHashMap<>();
        for (int layer = 0; layer < TinyGraph.LAYERS; layer++) {
            parameters.put(TinyGraph.module(layer) + ".lora_A", random(seed + layer, TinyGraph.HIDDEN, rank));
            parameters.put(TinyGraph.module(layer) + ".lora_B", random(seed + layer + 100, rank, TinyGraph.HIDDEN));
        }
        return new AdapterFile(1, parameters);
    }

    static FloatTensor random(long seed, Long... shape) {
        Random random = new Random(seed);
        long count = 1;
        for (long dimension : shape) {
            count *= dimension;
        }
        float[] values = new float[(int) count];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return new FloatTensor(List.of(shape), values);
    }

    static byte[] head(long seed) {
        Map<String, FloatTensor> head = new LinkedHashMap<>();
        head.put("weight", random(seed, 3L, TinyGraph.HIDDEN));
        head.put("bias", random(seed + 1, 3L));
        return Safetensors.write(head);
    }

    TaskBuilder task(String name) {
        return new TaskBuilder(name);
    }

    /** A task that is right unless told otherwise. */
    final class TaskBuilder {
        private final String name;
        private String base = digest;
        private byte @Nullable [] adapter = TinyBase.adapter(1, 4).toBytes();
        private byte @Nullable [] head = TinyBase.head(1);
        private Scoring scoring = new Scoring.Head();
        private TaskManifest.Prompt prompt = new TaskManifest.Prompt("<s>Is this fraud? ", " Answer:</s>", 64);

        private TaskBuilder(String name) {
            this.name = name;
        }

        TaskBuilder onBase(String other) {
            base = other;
            return this;
        }

        TaskBuilder adapter(byte @Nullable [] bytes) {
            adapter = bytes;
            return this;
        }

        TaskBuilder head(byte[] bytes) {
            head = bytes;
            return this;
        }

        TaskBuilder prompt(String prefix, String suffix, int maxTextTokens) {
            prompt = new TaskManifest.Prompt(prefix, suffix, maxTextTokens);
            return this;
        }

        TaskBuilder scoring(Scoring other) {
            scoring = other;
            head = null;
            return this;
        }

        TaskFolder build() {
            Map<String, byte[]> files = new LinkedHashMap<>();
            files.put(TaskManifest.EXAM, new byte[0]);
            if (adapter != null) {
                files.put(TaskManifest.ADAPTER, adapter);
            }
            if (head != null) {
                files.put(TaskManifest.HEAD, head);
            }
            String scored = ScoringDigest.of(
                    base,
                    adapter == null ? null : Sha256.of(adapter),
                    head == null ? null : Sha256.of(head),
                    scoring,
                    LABELS,
                    prompt);
            TaskManifest manifest = new TaskManifest(
                    name,
                    "1",
                    base,
                    List.of(
                            new TaskManifest.Label("ham", Priority.ROUTINE, false),
                            new TaskManifest.Label("spam", Priority.NOTICE, false),
                            new TaskManifest.Label("smishing", Priority.ALARM, true)),
                    scoring,
                    prompt,
                    new TaskManifest.Calibration(
                            2, List.of(0.0, 0.1, -0.1), scored, 10, "CPUExecutionProvider", "x86-64"),
                    new TaskManifest.DecisionRule(new TaskManifest.Threshold(0.5, 100, 0.1), Map.of()),
                    null,
                    new TaskManifest.ExamGates(0.98, 0.02, 0.8, 1.5),
                    0.2,
                    files.entrySet().stream()
                            .map(file -> ListedFile.of(file.getKey(), file.getValue()))
                            .toList());
            return new TaskFolder(manifest, Sha256.of(manifest.toBytes()), files);
        }
    }
}
