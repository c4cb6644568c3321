package dev.picket.models.llama;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.inference.BadArtefactException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What config.json of a LlamaForCausalLM says. Everything that would change the arithmetic and is not exported here
 * (biases, RoPE scaling, another activation) is refused, never ignored.
 *
 * @param vocabulary entries of the embedding
 * @param hidden width between the layers
 * @param inner width of the feed-forward part
 * @param layers how many
 * @param heads query heads
 * @param kvHeads key and value heads; heads is a multiple
 * @param headSize features of a head, even
 * @param context positions that the rotary tables hold
 * @param theta RoPE's base
 * @param epsilon RMSNorm's
 * @param tied whether the output matrix is the embedding
 */
record LlamaConfig(
        int vocabulary,
        int hidden,
        int inner,
        int layers,
        int heads,
        int kvHeads,
        int headSize,
        int context,
        double theta,
        float epsilon,
        boolean tied) {
    private static final long MAX_BYTES = 1 << 20;
    private static final int BLOCK = 32;

    /** Reads and checks FOLDER/config.json. */
    static LlamaConfig read(Path folder) throws IOException, BadArtefactException {
        Path file = folder.resolve("config.json");
        if (!Files.isRegularFile(file)) {
            throw new BadArtefactException(
                    file + " is not there; give a Hugging Face folder with config.json, model.safetensors"
                            + " and tokenizer.json.");
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new BadArtefactException(file + " has more than " + MAX_BYTES + " bytes.");
        }
        try {
            return of(new ObjectMapper().readTree(Files.readAllBytes(file)), file);
        } catch (JsonProcessingException e) {
            throw new BadArtefactException(file + " is not JSON: " + e.getOriginalMessage());
        }
    }

    private static LlamaConfig of(JsonNode json, Path file) throws BadArtefactException {
        require(
                json.path("architectures").path(0).asText().equals("LlamaForCausalLM"),
                file,
                "architectures must be [\"LlamaForCausalLM\"]");
        require(json.path("hidden_act").asText("silu").equals("silu"), file, "hidden_act must be silu");
        require(!json.path("attention_bias").asBoolean(false), file, "attention_bias is not exported");
        require(!json.path("mlp_bias").asBoolean(false), file, "mlp_bias is not exported");
        JsonNode rope = json.path("rope_parameters");
        JsonNode scaling = json.path("rope_scaling");
        require(scaling.isMissingNode() || scaling.isNull(), file, "rope_scaling is not exported");
        require(rope.path("rope_type").asText("default").equals("default"), file, "rope_type must be default");
        int heads = json.path("num_attention_heads").asInt();
        int hidden = json.path("hidden_size").asInt();
        require(heads > 0 && hidden > 0, file, "num_attention_heads and hidden_size must be positive");
        LlamaConfig config = new LlamaConfig(
                json.path("vocab_size").asInt(),
                hidden,
                json.path("intermediate_size").asInt(),
                json.path("num_hidden_layers").asInt(),
                heads,
                json.path("num_key_value_heads").asInt(heads),
                json.path("head_dim").asInt(hidden / heads),
                json.path("max_position_embeddings").asInt(),
                rope.path("rope_theta").asDouble(json.path("rope_theta").asDouble(10000)),
                (float) json.path("rms_norm_eps").asDouble(1e-6),
                json.path("tie_word_embeddings").asBoolean(false));
        config.check(file);
        return config;
    }

    private void check(Path file) throws BadArtefactException {
        require(
                vocabulary > 0 && inner > 0 && layers > 0 && context > 0 && kvHeads > 0 && headSize > 0,
                file,
                "every size must be positive");
        require(heads % kvHeads == 0, file, "num_attention_heads must be a multiple of num_key_value_heads");
        require(headSize % 8 == 0, file, "head_dim must be a multiple of 8");
        require(
                hidden % BLOCK == 0 && inner % BLOCK == 0 && heads * headSize % BLOCK == 0,
                file,
                "hidden_size, intermediate_size and heads times head_dim must be multiples of the block, " + BLOCK);
    }

    private static void require(boolean held, Path file, String what) throws BadArtefactException {
        if (!held) {
            throw new BadArtefactException(file + " cannot be imported: " + what + ".");
        }
    }
}
