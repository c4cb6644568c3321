package dev.picket.models.llama;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.Sha256;
import dev.picket.inference.engine.SelfTest;
import dev.picket.models.onnx.OnnxGraph;
import dev.picket.models.onnx.WeightFile;
import dev.picket.ota.AtomicFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a base folder out of a Hugging Face folder: model.onnx.data and model.onnx, tokenizer.json and config.json as they
 * are, and base.json last, so that a folder with a base.json is complete.
 */
public final class LlamaBase {
    private static final String MODEL = "model.onnx";
    private static final String WEIGHTS = "model.onnx.data";
    private static final String CHECKPOINT = "model.safetensors";
    private static final List<String> COPIED = List.of("tokenizer.json", "config.json");

    /** Of MatMulNBits: int8 activations, the fast path; without it the product is many times slower. */
    private static final int INT8_ACTIVATIONS = 4;

    private final LlamaConfig config;
    private final int accuracyLevel;
    private final Weights weights;
    private final Map<String, byte[]> beside;
    private final ObjectNode madeBy;

    /**
     * What base.json says beyond the model itself.
     *
     * @param licence SPDX expression
     */
    public record Naming(String name, String version, String licence) {}

    /** Where the weights come from. */
    @FunctionalInterface
    private interface Weights {
        Checkpoint open() throws BadArtefactException, IOException;
    }

    private LlamaBase(
            LlamaConfig config, int accuracyLevel, Weights weights, Map<String, byte[]> beside, ObjectNode madeBy) {
        this.config = config;
        this.accuracyLevel = accuracyLevel;
        this.weights = weights;
        this.beside = beside;
        this.madeBy = madeBy;
    }

    /** Reads and checks the configuration; the weights are checked as they are read. */
    public static LlamaBase of(Path source) throws IOException, BadArtefactException {
        return of(source, INT8_ACTIVATIONS);
    }

    static LlamaBase of(Path source, int accuracyLevel) throws IOException, BadArtefactException {
        LlamaConfig config = LlamaConfig.read(source);
        for (String each : List.of(CHECKPOINT, "tokenizer.json")) {
            if (!Files.isRegularFile(source.resolve(each))) {
                throw new BadArtefactException(
                        source.resolve(each) + " is not there; give a complete Hugging Face folder.");
            }
        }
        Map<String, byte[]> beside = new LinkedHashMap<>();
        for (String each : COPIED) {
            beside.put(each, Files.readAllBytes(source.resolve(each)));
        }
        Path checkpoint = source.resolve(CHECKPOINT);
        ObjectNode madeBy = JsonNodeFactory.instance
                .objectNode()
                .put("tool", "picket workshop import")
                .put("checkpoint", Sha256.of(checkpoint));
        return new LlamaBase(config, accuracyLevel, () -> new CheckpointFile(checkpoint), beside, madeBy);
    }

    /**
     * A base of a known shape with random weights: it answers nothing sensible, at the cost of one that does.
     *
     * @param tokenizer a tokenizer.json whose vocabulary is not larger than the shape's
     */
    public static LlamaBase random(Shape shape, Path tokenizer, long seed) throws IOException {
        LlamaConfig config = shape.config();
        Map<String, byte[]> beside = new LinkedHashMap<>();
        beside.put("tokenizer.json", Files.readAllBytes(tokenizer));
        beside.put("config.json", new ObjectMapper().writeValueAsBytes(config));
        ObjectNode madeBy = JsonNodeFactory.instance
                .objectNode()
                .put("tool", "picket workshop synthetic")
                .put("shape", shape.toString())
                .put("seed", seed);
        return new LlamaBase(config, INT8_ACTIVATIONS, () -> new RandomCheckpoint(seed), beside, madeBy);
    }

    /** Rows that will be quantised, for a progress bar. */
    public long rows() {
        return LlamaWeights.rows(config);
    }

    /** Writes the folder, which is made where it is missing. */
    public void write(Path folder, Naming naming, Progress progress) throws IOException, BadArtefactException {
        AtomicFiles.createFolders(folder);
        AtomicFiles.remove(folder.resolve(BaseManifest.FILE));
        OnnxGraph graph = new OnnxGraph(naming.name());
        try (Checkpoint checkpoint = weights.open()) {
            writeWeights(folder, graph, checkpoint, progress);
        }
        new LlamaGraph(config, graph, accuracyLevel).build();
        AtomicFiles.write(folder.resolve(MODEL), graph.bytes());
        for (Map.Entry<String, byte[]> each : beside.entrySet()) {
            AtomicFiles.write(folder.resolve(each.getKey()), each.getValue());
        }
        List<ListedFile> files = new ArrayList<>();
        files.add(ListedFile.of(folder.resolve(MODEL)));
        files.add(ListedFile.of(folder.resolve(WEIGHTS)));
        for (String each : beside.keySet()) {
            files.add(ListedFile.of(folder.resolve(each)));
        }
        BaseManifest draft = manifest(naming, files);
        BaseManifest whole = draft.with(SelfTest.answers(folder, draft));
        AtomicFiles.write(folder.resolve(BaseManifest.FILE), whole.toBytes());
    }

    private void writeWeights(Path folder, OnnxGraph graph, Checkpoint checkpoint, Progress progress)
            throws IOException, BadArtefactException {
        try {
            AtomicFiles.write(folder.resolve(WEIGHTS), AtomicFiles.Access.EVERYONE, out -> {
                BufferedOutputStream buffered = new BufferedOutputStream(out, 1 << 16);
                try {
                    new LlamaWeights(config, checkpoint, new WeightFile(graph, WEIGHTS, buffered), progress).write();
                } catch (BadArtefactException e) {
                    throw new IOException(e);
                }
                buffered.flush();
            });
        } catch (IOException e) {
            if (e.getCause() instanceof BadArtefactException refused) {
                throw refused;
            }
            throw e;
        }
    }

    private BaseManifest manifest(Naming naming, List<ListedFile> files) {
        return new BaseManifest(
                naming.name(),
                naming.version(),
                "LlamaForCausalLM",
                new BaseManifest.Quantisation("int4", Int4Blocks.BLOCK, true, accuracyLevel),
                config.context(),
                new BaseManifest.Graph(
                        BaseManifest.CONTRACT,
                        config.layers(),
                        config.kvHeads(),
                        config.headSize(),
                        config.hidden(),
                        config.vocabulary(),
                        Projection.all(config).stream().map(Projection::path).toList()),
                files,
                naming.licence(),
                madeBy);
    }
}
