package dev.picket.models.llama;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.ListedFile;
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
    private static final List<String> COPIED = List.of("tokenizer.json", "config.json");
    private static final int MAX_COPIED_BYTES = 64 << 20;

    private final LlamaConfig config;
    private final Matrices matrices;
    private final Origin origin;
    private final long askedBytes;
    private final Map<String, byte[]> beside;

    /**
     * What base.json says beyond the model itself.
     *
     * @param licence SPDX expression
     */
    public record Naming(String name, String version, String licence) {}

    private LlamaBase(
            LlamaConfig config, Matrices matrices, Origin origin, long askedBytes, Map<String, byte[]> beside) {
        this.config = config;
        this.matrices = matrices;
        this.origin = origin;
        this.askedBytes = askedBytes;
        this.beside = beside;
    }

    /** Reads and checks the configuration and the tensors' shapes; the weights are checked as they are read. */
    public static LlamaBase of(Path source, Storing storing) throws IOException, BadArtefactException {
        return of(source, storing, storing.matrices());
    }

    static LlamaBase of(Path source, Storing storing, Matrices matrices) throws IOException, BadArtefactException {
        LlamaConfig config = LlamaConfigFile.read(source, storing.maxContext());
        Map<String, byte[]> beside = new LinkedHashMap<>();
        for (String each : COPIED) {
            beside.put(each, JsonFile.bytes(source.resolve(each), MAX_COPIED_BYTES));
        }
        CheckpointFolder checkpoint = CheckpointFolder.of(source);
        try (Checkpoint opened = checkpoint.open()) {
            new LlamaTensors(config).expect(opened);
        }
        return new LlamaBase(
                config, matrices, new Origin.Folder(checkpoint, storing.told()), storing.askedBytes(), beside);
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
        Storing storing = Storing.NEAREST_INT4;
        return new LlamaBase(config, storing.matrices(), new Origin.Chance(shape, seed), storing.askedBytes(), beside);
    }

    /** Positions that the base will hold. */
    public int context() {
        return config.context();
    }

    /** Rows of matrices that will be written, for a progress bar. */
    public long rows() {
        return new LlamaTensors(config).rows();
    }

    /** Bytes that will be hashed, for a progress bar. */
    public long hashedBytes() throws IOException {
        return origin.bytes();
    }

    /** Writes the folder, which is made where it is missing. */
    public void write(Path folder, Naming naming, Progress rows) throws IOException, BadArtefactException {
        write(folder, naming, _ -> {}, rows);
    }

    /**
     * The same.
     *
     * @param hashed told of bytes of the checkpoint, before the first row
     * @return whether it was asked for golden answers; it is not where its weights take more than was allowed
     */
    public boolean write(Path folder, Naming naming, Progress hashed, Progress rows)
            throws IOException, BadArtefactException {
        refuseWhatBaseJsonCannotSay(naming);
        AtomicFiles.createFolders(folder);
        AtomicFiles.remove(folder.resolve(BaseManifest.FILE));
        OnnxGraph graph = new OnnxGraph(naming.name());
        ObjectNode madeBy = origin.told(hashed);
        try (Checkpoint checkpoint = origin.open()) {
            writeWeights(folder, graph, checkpoint, rows);
        }
        new LlamaGraph(config, matrices, graph).build();
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
        BaseManifest draft = manifest(naming, files, madeBy);
        boolean asked = Files.size(folder.resolve(WEIGHTS)) <= askedBytes;
        BaseManifest whole = asked ? draft.with(SelfTest.answers(folder, draft)) : draft;
        AtomicFiles.write(folder.resolve(BaseManifest.FILE), whole.toBytes());
        return asked;
    }

    /** Before the work, not after it. */
    private void refuseWhatBaseJsonCannotSay(Naming naming) throws BadArtefactException {
        List<ListedFile> files = new ArrayList<>();
        for (String each : List.of(MODEL, WEIGHTS, "tokenizer.json")) {
            files.add(ListedFile.of(each, new byte[0]));
        }
        BaseManifest.parse(
                manifest(naming, files, JsonNodeFactory.instance.objectNode()).toBytes());
    }

    private void writeWeights(Path folder, OnnxGraph graph, Checkpoint checkpoint, Progress progress)
            throws IOException, BadArtefactException {
        try {
            AtomicFiles.write(folder.resolve(WEIGHTS), AtomicFiles.Access.EVERYONE, out -> {
                BufferedOutputStream buffered = new BufferedOutputStream(out, 1 << 16);
                try {
                    RowBlocks rows = new RowBlocks(checkpoint, LlamaWeights.VALUES_AT_ONCE, progress);
                    new LlamaWeights(config, matrices, checkpoint, new WeightFile(graph, WEIGHTS, buffered), rows)
                            .write();
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

    private BaseManifest manifest(Naming naming, List<ListedFile> files, ObjectNode madeBy) {
        return new BaseManifest(
                naming.name(),
                naming.version(),
                config.architecture().toString(),
                matrices.described(),
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
