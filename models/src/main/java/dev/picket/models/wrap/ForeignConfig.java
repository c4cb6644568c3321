package dev.picket.models.wrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.picket.inference.BadArtefactException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code genai_config.json} (ONNX Runtime GenAI) and {@code config.json} (Hugging Face) say of a folder. Only what the
 * graph itself cannot tell is asked of them; either may be missing.
 *
 * @param folder that they lie in
 * @param genai empty without the file
 * @param config empty without the file
 */
record ForeignConfig(Path folder, JsonNode genai, JsonNode config) {
    static final String GENAI = "genai_config.json";
    static final String CONFIG = "config.json";

    private static final long MAX_BYTES = 16 << 20;
    private static final List<String> CONTEXTS =
            List.of("max_position_embeddings", "n_positions", "max_sequence_length", "seq_length", "n_ctx");

    static ForeignConfig read(Path folder) throws IOException, BadArtefactException {
        ForeignConfig read = new ForeignConfig(folder, json(folder.resolve(GENAI)), json(folder.resolve(CONFIG)));
        if (read.genai.isMissingNode() && read.config.isMissingNode()) {
            throw new BadArtefactException(folder + " has neither " + GENAI + " nor " + CONFIG
                    + "; give a folder of ONNX Runtime GenAI's builder or of HF Optimum.");
        }
        if (read.genai.path("model").has("encoder")
                || read.config.path("is_encoder_decoder").asBoolean()) {
            throw new BadArtefactException(
                    folder + " holds an encoder with a decoder, which writes answers; a base is one of the two alone.");
        }
        return read;
    }

    private static JsonNode json(Path file) throws IOException, BadArtefactException {
        if (!Files.isRegularFile(file)) {
            return MissingNode.getInstance();
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new BadArtefactException(file + " has more than " + MAX_BYTES + " bytes.");
        }
        try {
            return JsonMapper.builder().build().readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new BadArtefactException(file + " is not JSON: " + e.getOriginalMessage() + ".", e);
        }
    }

    /** Which of the two tools made it. */
    String tool() {
        return genai.isMissingNode() ? "optimum" : "onnxruntime-genai";
    }

    JsonNode decoder() {
        return genai.path("model").path("decoder");
    }

    /** {@code LlamaForCausalLM}, or what GenAI calls the kind of model. */
    String architecture() {
        String first = config.path("architectures").path(0).asText();
        String kind = first.isEmpty() ? genai.path("model").path("type").asText() : first;
        return kind.isEmpty() ? "unknown" : kind;
    }

    /** Whether the last token's row predicts what comes next. */
    boolean isDecoder() {
        return !genai.isMissingNode()
                || architecture().endsWith("ForCausalLM")
                || architecture().endsWith("LMHeadModel")
                || config.path("is_decoder").asBoolean();
    }

    Optional<Integer> contextLength() {
        JsonNode told = genai.path("model").path("context_length");
        if (told.isInt()) {
            return Optional.of(told.intValue());
        }
        return CONTEXTS.stream()
                .map(config::path)
                .filter(JsonNode::isInt)
                .map(JsonNode::intValue)
                .findFirst();
    }

    Optional<Integer> vocabularySize() {
        JsonNode told = genai.path("model").path("vocab_size");
        JsonNode size = told.isInt() ? told : config.path("vocab_size");
        return size.isInt() ? Optional.of(size.intValue()) : Optional.empty();
    }

    /** The names of {@code id2label} by their ids; empty where it is not written. */
    List<String> labels() throws BadArtefactException {
        JsonNode names = config.path("id2label");
        List<String> labels = new ArrayList<>();
        for (int id = 0; id < names.size(); id++) {
            JsonNode name = names.path(Integer.toString(id));
            if (!name.isTextual()) {
                throw new BadArtefactException(
                        folder.resolve(CONFIG) + ": $.id2label has no text for " + id + ", ids must be dense.");
            }
            labels.add(name.textValue());
        }
        return labels;
    }
}
