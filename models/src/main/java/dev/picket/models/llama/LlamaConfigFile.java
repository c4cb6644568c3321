package dev.picket.models.llama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.picket.inference.BadArtefactException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Reads a Hugging Face config.json. Everything that would change the arithmetic and is not exported here (other biases, other
 * RoPE scaling, another activation) is refused, never ignored, and so is a value of another kind than it should be. A key that
 * is not there means what it means to the model's own class.
 *
 * <p>A window of attention shorter than the context cuts the context: within the window both are the same.
 */
final class LlamaConfigFile {
    static final String NAME = "config.json";

    private static final int MAX_BYTES = 1 << 20;
    private static final double THETA = 10_000;
    private static final double EPSILON = 1e-6;
    private static final int WINDOW = 4096;
    private static final int QWEN3_HEAD_SIZE = 128;

    /** What base.json can say, {@code BaseManifest}; far above every model there is. */
    private static final int MOST_LAYERS = 1024;

    private static final int MOST_HEADS = 1024;
    private static final int MOST_HEAD_SIZE = 1 << 14;
    private static final int MOST_WIDTH = 1 << 17;
    private static final int MOST_VOCABULARY = 1 << 24;

    /** Of one matrix: the scales of so many take 256 MB while it is written. The embedding of Llama 3.1 405B has 2.10e9. */
    private static final long MOST_WEIGHTS = 1L << 31;

    private final Path file;
    private final JsonNode json;

    private LlamaConfigFile(Path file, JsonNode json) {
        this.file = file;
        this.json = json;
    }

    /**
     * Reads and checks FOLDER/config.json.
     *
     * @param maxContext positions at most, whatever the file says
     */
    static LlamaConfig read(Path folder, int maxContext) throws IOException, BadArtefactException {
        Path file = folder.resolve(NAME);
        return new LlamaConfigFile(file, JsonFile.read(file, MAX_BYTES)).config(maxContext);
    }

    private LlamaConfig config(int maxContext) throws BadArtefactException {
        Architecture architecture =
                Architecture.of(json.path("architectures").path(0).asText(), file);
        refuseOtherArithmetic(architecture);
        int heads = size("num_attention_heads", MOST_HEADS);
        int hidden = size("hidden_size", MOST_WIDTH);
        int context = Math.min(size("max_position_embeddings", Integer.MAX_VALUE), maxContext);
        double epsilon = number(json, "rms_norm_eps", EPSILON);
        require(epsilon > 0 && epsilon < 1, "rms_norm_eps must lie between 0 and 1");
        LlamaConfig config = new LlamaConfig(
                architecture,
                size("vocab_size", MOST_VOCABULARY),
                hidden,
                size("intermediate_size", MOST_WIDTH * 8),
                size("num_hidden_layers", MOST_LAYERS),
                heads,
                has("num_key_value_heads") ? size("num_key_value_heads", MOST_HEADS) : heads,
                headSize(architecture, hidden / heads),
                Math.min(context, window(architecture)),
                rope(),
                (float) epsilon,
                truth("tie_word_embeddings", false));
        check(config);
        return config;
    }

    private void refuseOtherArithmetic(Architecture architecture) throws BadArtefactException {
        require(!has("quantization_config"), "it is quantised already; give the checkpoint from before that");
        require(text(json, "hidden_act", "silu").equals("silu"), "hidden_act must be silu");
        require(
                truth("attention_bias", architecture.hasAttentionBias()) == architecture.hasAttentionBias(),
                "attention_bias is not what a " + architecture + " has");
        require(!truth("mlp_bias", false), "mlp_bias is not exported");
        for (JsonNode each : json.path("layer_types")) {
            require(
                    each.asText().equals("full_attention") || each.asText().equals("sliding_attention"),
                    "layer_types has '" + each.asText()
                            + "', but only full_attention and sliding_attention are exported");
        }
    }

    private int headSize(Architecture architecture, int share) throws BadArtefactException {
        if (has("head_dim")) {
            return size("head_dim", MOST_HEAD_SIZE);
        }
        return architecture == Architecture.QWEN3 ? QWEN3_HEAD_SIZE : share;
    }

    /** Positions that a token looks back at most. */
    private int window(Architecture architecture) throws BadArtefactException {
        boolean used = architecture == Architecture.MISTRAL || truth("use_sliding_window", false);
        for (JsonNode each : json.path("layer_types")) {
            used |= each.asText().equals("sliding_attention");
        }
        if (!used || json.path("sliding_window").isNull()) {
            return Integer.MAX_VALUE;
        }
        return has("sliding_window") ? size("sliding_window", Integer.MAX_VALUE) : WINDOW;
    }

    private Rope rope() throws BadArtefactException {
        JsonNode parameters = json.path("rope_parameters");
        for (JsonNode each : new JsonNode[] {json, parameters}) {
            require(number(each, "partial_rotary_factor", 1) == 1, "partial_rotary_factor is not exported");
        }
        double theta = number(parameters, "rope_theta", number(json, "rope_theta", THETA));
        require(theta > 1 && theta < Double.POSITIVE_INFINITY, "rope_theta must be greater than 1");
        Rope.Scaling scaling = scaling(has("rope_scaling") ? json.path("rope_scaling") : parameters);
        return new Rope(theta, scaling);
    }

    private Rope.Scaling scaling(JsonNode said) throws BadArtefactException {
        String type = text(said, "rope_type", text(said, "type", "default"));
        double factor = number(said, "factor", 0);
        return switch (type) {
            case "default" -> new Rope.Unscaled();
            case "linear" -> {
                require(factor >= 1 && factor < Double.POSITIVE_INFINITY, "rope_scaling needs a factor of 1 or more");
                yield new Rope.Linear(factor);
            }
            case "llama3" -> llama3(said, factor);
            default ->
                throw new BadArtefactException(file + " cannot be imported: rope_scaling of type '" + type
                        + "' is not exported, linear and llama3 are.");
        };
    }

    private Rope.Llama3 llama3(JsonNode said, double factor) throws BadArtefactException {
        double low = number(said, "low_freq_factor", 0);
        double high = number(said, "high_freq_factor", 0);
        double context = number(said, "original_max_position_embeddings", 0);
        require(
                factor >= 1
                        && low > 0
                        && high > low
                        && context >= 1
                        && factor + high + context < Double.POSITIVE_INFINITY,
                "rope_scaling of type llama3 needs factor, low_freq_factor, a greater high_freq_factor and"
                        + " original_max_position_embeddings");
        return new Rope.Llama3(factor, low, high, context);
    }

    private void check(LlamaConfig config) throws BadArtefactException {
        require(
                config.heads() % config.kvHeads() == 0,
                "num_attention_heads must be a multiple of num_key_value_heads");
        require(config.headSize() > 0 && config.headSize() % 8 == 0, "head_dim must be a multiple of 8");
        require(
                config.hidden() % Blocks.BLOCK == 0
                        && config.inner() % Blocks.BLOCK == 0
                        && config.queries() % Blocks.BLOCK == 0,
                "hidden_size, intermediate_size and heads times head_dim must be multiples of the block, "
                        + Blocks.BLOCK);
        for (Matrix each : new LlamaTensors(config).matrices()) {
            require(
                    (long) each.rows() * each.columns() <= MOST_WEIGHTS,
                    each.tensor() + " would have more than " + MOST_WEIGHTS + " weights");
        }
    }

    private boolean has(String key) {
        return json.hasNonNull(key);
    }

    private int size(String key, int most) throws BadArtefactException {
        JsonNode value = json.path(key);
        require(
                value.isIntegralNumber() && value.canConvertToInt() && value.intValue() > 0 && value.intValue() <= most,
                key + " must be a whole number from 1 to " + most);
        return value.intValue();
    }

    private double number(JsonNode from, String key, double otherwise) throws BadArtefactException {
        require(!from.hasNonNull(key) || from.path(key).isNumber(), key + " must be a number");
        return from.hasNonNull(key) ? from.path(key).doubleValue() : otherwise;
    }

    private boolean truth(String key, boolean otherwise) throws BadArtefactException {
        require(!has(key) || json.path(key).isBoolean(), key + " must be true or false");
        return has(key) ? json.path(key).booleanValue() : otherwise;
    }

    private String text(JsonNode from, String key, String otherwise) throws BadArtefactException {
        require(!from.hasNonNull(key) || from.path(key).isTextual(), key + " must be a text");
        return from.hasNonNull(key) ? from.path(key).textValue() : otherwise;
    }

    private void require(boolean held, String what) throws BadArtefactException {
        if (!held) {
            throw new BadArtefactException(file + " cannot be imported: " + what + ".");
        }
    }
}
