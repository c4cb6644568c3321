package dev.picket.inference.codec;

import com.fasterxml.jackson.databind.JsonNode;
import dev.picket.inference.BadArtefactException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * What {@code base.json} says; its digest is the SHA-256 of the file's own bytes, so a manifest is never written twice.
 *
 * @param name of the base, a plain name
 * @param version for people
 * @param architecture as in Hugging Face's config.json
 * @param quantisation of the weights
 * @param contextLength the most tokens of one run
 * @param graph what the ONNX graph offers
 * @param files every other file of the folder
 * @param licence an SPDX expression
 * @param madeBy how it was made, free
 * @param golden what it answered where it was made; may be empty
 */
public record BaseManifest(
        String name,
        String version,
        String architecture,
        Quantisation quantisation,
        int contextLength,
        Graph graph,
        List<ListedFile> files,
        String licence,
        JsonNode madeBy,
        List<Golden> golden) {
    /** The file's name in its folder. */
    public static final String FILE = "base.json";

    /** The contract of the graphs that the workshop exports (the design, 4.2). */
    public static final String CONTRACT = "picket-1";

    /** A graph made elsewhere: base.json says by which names it is fed and read. */
    public static final String WIRED = "wired-1";

    private static final int MAX_BYTES = 1 << 20;
    private static final int FORMAT = 1;
    private static final List<String> SCHEMES = List.of("int4", "int8", "none", "other");

    public BaseManifest {
        files = List.copyOf(files);
        golden = List.copyOf(golden);
    }

    /** Without golden answers. */
    public BaseManifest(
            String name,
            String version,
            String architecture,
            Quantisation quantisation,
            int contextLength,
            Graph graph,
            List<ListedFile> files,
            String licence,
            JsonNode madeBy) {
        this(name, version, architecture, quantisation, contextLength, graph, files, licence, madeBy, List.of());
    }

    /** The same with golden answers. */
    public BaseManifest with(List<Golden> answers) {
        return new BaseManifest(
                name, version, architecture, quantisation, contextLength, graph, files, licence, madeBy, answers);
    }

    /**
     * How the weights are stored.
     *
     * @param scheme {@code int4}, {@code int8}, {@code none}, or {@code other} where it was made elsewhere and is not known
     * @param blockSize weights per scale; 0 where not known
     * @param accuracyLevel of MatMulNBits; 4 computes with int8 activations
     */
    public record Quantisation(String scheme, int blockSize, boolean symmetric, int accuracyLevel) {}

    /**
     * What the graph offers; a zero stands for what a {@link BaseManifest#WIRED} graph does not have.
     *
     * @param contract {@link BaseManifest#CONTRACT} or {@link BaseManifest#WIRED}
     * @param vocabularySize how many token ids it takes
     * @param adapters module paths that have {@code .lora_A} and {@code .lora_B} inputs
     */
    public record Graph(
            String contract,
            int layers,
            int kvHeads,
            int headSize,
            int hiddenSize,
            int vocabularySize,
            List<String> adapters,
            Wiring wiring) {
        public Graph {
            adapters = List.copyOf(adapters);
        }

        /** One of {@link BaseManifest#CONTRACT}. */
        public Graph(
                String contract,
                int layers,
                int kvHeads,
                int headSize,
                int hiddenSize,
                int vocabularySize,
                List<String> adapters) {
            this(contract, layers, kvHeads, headSize, hiddenSize, vocabularySize, adapters, Wiring.OURS);
        }
    }

    /** The listed file of that name. */
    public Optional<ListedFile> file(String fileName) {
        return files.stream().filter(f -> f.name().equals(fileName)).findFirst();
    }

    /**
     * Parses the file strictly: an unknown key is a fault.
     *
     * @param bytes of base.json, at most 1 MiB
     * @throws BadArtefactException naming the JSON path at fault
     */
    public static BaseManifest parse(byte[] bytes) throws BadArtefactException {
        Fields top = Fields.parse(FILE, bytes, MAX_BYTES);
        top.integer("format", FORMAT, FORMAT);
        top.text("kind", 16, "base"::equals, "'base'");
        BaseManifest manifest = new BaseManifest(
                top.text("name", 64, Names::plain, Names.PLAIN),
                top.text("version", 64, Names::printable, Names.PRINTABLE),
                top.text("architecture", 128, Names::printable, Names.PRINTABLE),
                quantisation(top.object("quantisation")),
                top.integer("contextLength", 1, 1 << 20),
                graph(top.object("graph")),
                ListedFile.parse(top, 64),
                top.text("licence", 256),
                top.free("madeBy"),
                Golden.parse(top, "golden"));
        top.end();
        for (String needed : List.of(manifest.graph().wiring().file(), "tokenizer.json")) {
            if (manifest.file(needed).isEmpty()) {
                throw top.fault("files", "does not list " + needed);
            }
        }
        return manifest;
    }

    private static Quantisation quantisation(Fields fields) throws BadArtefactException {
        Quantisation quantisation = new Quantisation(
                fields.text("scheme", 16, SCHEMES::contains, "'int4', 'int8', 'none' or 'other'"),
                fields.integer("blockSize", 0, 1 << 16),
                fields.truth("symmetric"),
                fields.integer("accuracyLevel", 0, 4));
        fields.end();
        return quantisation;
    }

    private static Graph graph(Fields fields) throws BadArtefactException {
        String contract = fields.text("contract", 32);
        boolean wired = contract.equals(WIRED);
        if (!wired && !contract.equals(CONTRACT)) {
            throw fields.fault("contract", "must be '" + CONTRACT + "' or '" + WIRED + "', which this version runs");
        }
        int least = wired ? 0 : 1;
        Graph graph = new Graph(
                contract,
                fields.integer("layers", least, 1024),
                fields.integer("kvHeads", least, 1024),
                fields.integer("headSize", least, 1 << 14),
                fields.integer("hiddenSize", least, 1 << 17),
                fields.integer("vocabularySize", 1, 1 << 24),
                fields.texts("adapters", 1 << 14, 256),
                wired ? Wiring.parse(fields.object("wiring")) : Wiring.OURS);
        if (new HashSet<>(graph.adapters()).size() != graph.adapters().size()) {
            throw fields.fault("adapters", "names a module twice");
        }
        boolean keyed = graph.layers() > 0 && graph.kvHeads() > 0 && graph.headSize() > 0;
        if (keyed != (graph.wiring().inputs().past() != null)) {
            throw fields.fault(
                    "layers", "kvHeads and headSize are numbers above 0 where wiring.inputs.past is named, else 0");
        }
        if ((graph.hiddenSize() > 0) != (graph.wiring().outputs().hidden() != null)) {
            throw fields.fault("hiddenSize", "is above 0 where wiring.outputs.hidden is named, else 0");
        }
        fields.end();
        return graph;
    }

    /** The bytes to write as base.json; keys in a fixed order, one line, UTF-8. */
    public byte[] toBytes() {
        return ManifestWriter.bytes(this);
    }
}
