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
        JsonNode madeBy) {
    /** The file's name in its folder. */
    public static final String FILE = "base.json";

    /** The graph contract that this version runs (the design, 4.2). */
    public static final String CONTRACT = "picket-1";

    private static final int MAX_BYTES = 1 << 20;
    private static final int FORMAT = 1;

    public BaseManifest {
        files = List.copyOf(files);
    }

    /**
     * How the weights are stored.
     *
     * @param scheme {@code int4} or {@code none}
     * @param blockSize weights per scale
     * @param accuracyLevel of MatMulNBits; 4 computes with int8 activations
     */
    public record Quantisation(String scheme, int blockSize, boolean symmetric, int accuracyLevel) {}

    /**
     * What the graph offers.
     *
     * @param contract {@link BaseManifest#CONTRACT}
     * @param adapters module paths that have {@code .lora_A} and {@code .lora_B} inputs
     */
    public record Graph(
            String contract,
            int layers,
            int kvHeads,
            int headSize,
            int hiddenSize,
            int vocabularySize,
            List<String> adapters) {
        public Graph {
            adapters = List.copyOf(adapters);
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
                top.free("madeBy"));
        top.end();
        for (String needed : List.of("model.onnx", "tokenizer.json")) {
            if (manifest.file(needed).isEmpty()) {
                throw top.fault("files", "does not list " + needed);
            }
        }
        return manifest;
    }

    private static Quantisation quantisation(Fields fields) throws BadArtefactException {
        Quantisation quantisation = new Quantisation(
                fields.text("scheme", 16, s -> s.equals("int4") || s.equals("none"), "'int4' or 'none'"),
                fields.integer("blockSize", 0, 1 << 16),
                fields.truth("symmetric"),
                fields.integer("accuracyLevel", 0, 4));
        fields.end();
        return quantisation;
    }

    private static Graph graph(Fields fields) throws BadArtefactException {
        Graph graph = new Graph(
                fields.text("contract", 32, CONTRACT::equals, "'" + CONTRACT + "', the one that this version runs"),
                fields.integer("layers", 1, 1024),
                fields.integer("kvHeads", 1, 1024),
                fields.integer("headSize", 1, 1 << 14),
                fields.integer("hiddenSize", 1, 1 << 17),
                fields.integer("vocabularySize", 1, 1 << 24),
                fields.texts("adapters", 1 << 14, 256));
        if (new HashSet<>(graph.adapters()).size() != graph.adapters().size()) {
            throw fields.fault("adapters", "names a module twice");
        }
        fields.end();
        return graph;
    }

    /** The bytes to write as base.json; keys in a fixed order, one line, UTF-8. */
    public byte[] toBytes() {
        return ManifestWriter.bytes(this);
    }
}
