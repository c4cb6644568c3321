package dev.picket.models.wrap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.Sha256;
import dev.picket.inference.codec.Wiring;
import dev.picket.inference.engine.Base;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.GraphSignature;
import dev.picket.inference.engine.SelfTest;
import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Takes a folder of ONNX Runtime GenAI's builder or of HF Optimum as a base: reads the graph, writes base.json beside it,
 * last, and loads the result as a gateway would. A folder that cannot be served gets no base.json.
 */
public final class WrappedBase {
    private static final String TOKENIZER = "tokenizer.json";

    private final Path folder;
    private final Naming naming;

    /**
     * What neither graph nor configuration says.
     *
     * @param licence SPDX expression
     * @param file the graph's file; empty to find it
     * @param contextLength empty to take the configuration's
     * @param labels in place of {@code id2label}'s, in the order of the output; empty to take those
     */
    public record Naming(
            String name,
            String version,
            String licence,
            Optional<String> file,
            Optional<Integer> contextLength,
            List<String> labels) {
        public Naming {
            labels = List.copyOf(labels);
        }
    }

    public WrappedBase(Path folder, Naming naming) {
        this.folder = folder;
        this.naming = naming;
    }

    /**
     * Writes base.json.
     *
     * @return the base's digest
     * @throws BadArtefactException when the folder cannot be served; the sentence says why
     */
    public String write() throws IOException, BadArtefactException {
        if (!Files.isRegularFile(folder.resolve(TOKENIZER))) {
            throw new BadArtefactException(folder + " has no " + TOKENIZER
                    + "; copy the model's there (its slow tokenizer's files alone cannot be served).");
        }
        ForeignConfig config = ForeignConfig.read(folder);
        String file = naming.file().isPresent() ? naming.file().orElseThrow() : graphFile(config);
        GraphSignature signature = GraphSignature.read(folder.resolve(file));
        BaseManifest.Graph graph = new WiringFinder(file, signature, config, naming.labels()).find();
        BaseManifest draft = manifest(config, graph);
        AtomicFiles.remove(folder.resolve(BaseManifest.FILE));
        byte[] bytes = draft.with(SelfTest.answers(folder, draft)).toBytes();
        loadOnce(bytes);
        AtomicFiles.write(folder.resolve(BaseManifest.FILE), bytes);
        return Sha256.of(bytes);
    }

    /** All that a gateway checks, before the folder becomes a base. */
    private void loadOnce(byte[] bytes) throws IOException, BadArtefactException {
        BaseFolder base = new BaseFolder(folder, BaseManifest.parse(bytes), Sha256.of(bytes));
        Base.open(base, EngineOptions.forCores(1)).close();
    }

    private String graphFile(ForeignConfig config) throws IOException, BadArtefactException {
        String told = config.decoder().path("filename").asText();
        if (!told.isEmpty()) {
            return told;
        }
        List<String> graphs;
        try (Stream<Path> files = Files.list(folder)) {
            graphs = files.map(each -> String.valueOf(each.getFileName()))
                    .filter(name -> name.endsWith(".onnx"))
                    .sorted()
                    .toList();
        }
        if (graphs.contains("model.onnx")) {
            return "model.onnx";
        }
        if (graphs.size() != 1) {
            throw new BadArtefactException(folder + " holds "
                    + (graphs.isEmpty() ? "no .onnx file" : "the graphs " + graphs) + "; name one with --model.");
        }
        return graphs.getFirst();
    }

    private BaseManifest manifest(ForeignConfig config, BaseManifest.Graph graph)
            throws IOException, BadArtefactException {
        Optional<Integer> context = naming.contextLength().or(config::contextLength);
        return new BaseManifest(
                naming.name(),
                naming.version(),
                config.architecture(),
                new BaseManifest.Quantisation("other", 0, true, 0),
                context.orElseThrow(() -> new BadArtefactException(
                        folder + " does not say how many tokens its context holds; give --context.")),
                graph,
                files(graph.wiring()),
                naming.licence(),
                JsonNodeFactory.instance
                        .objectNode()
                        .put("tool", "picket workshop wrap")
                        .put("from", config.tool()));
    }

    private List<ListedFile> files(Wiring wiring) throws IOException, BadArtefactException {
        List<String> names = new ArrayList<>(List.of(wiring.file()));
        names.addAll(ExternalFiles.of(folder.resolve(wiring.file())));
        names.add(TOKENIZER);
        for (String each : List.of(ForeignConfig.CONFIG, ForeignConfig.GENAI)) {
            if (Files.isRegularFile(folder.resolve(each))) {
                names.add(each);
            }
        }
        List<ListedFile> files = new ArrayList<>();
        for (String each : names) {
            if (!Files.isRegularFile(folder.resolve(each))) {
                throw new BadArtefactException(folder.resolve(each) + " is not there, but the graph needs it.");
            }
            files.add(ListedFile.of(folder.resolve(each)));
        }
        return files;
    }
}
