package dev.picket.models.llama;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/** A random decoder small enough to be computed by hand, as a Hugging Face folder. */
final class TinyCheckpoint {
    /** So large that a run with another one would be seen. */
    private static final float EPSILON = 0.05f;

    final LlamaConfig config;
    final Map<String, FloatTensor> weights = new LinkedHashMap<>();
    private final Random random;

    TinyCheckpoint(long seed, boolean tied) {
        this(seed, config(Architecture.LLAMA, new Rope(10_000), 16, tied));
    }

    TinyCheckpoint(long seed, LlamaConfig config) {
        this.config = config;
        random = new Random(seed);
        // The one that is not used is there too, so that a test can tell them apart.
        put("model.embed_tokens.weight", 1, config.vocabulary(), config.hidden());
        put("lm_head.weight", 0.2, config.vocabulary(), config.hidden());
        for (int i = 0; i < config.layers(); i++) {
            String layer = "model.layers." + i;
            norm(layer + ".input_layernorm.weight", config.hidden());
            norm(layer + ".post_attention_layernorm.weight", config.hidden());
            if (config.architecture() == Architecture.QWEN3) {
                norm(layer + ".self_attn.q_norm.weight", config.headSize());
                norm(layer + ".self_attn.k_norm.weight", config.headSize());
            }
        }
        for (Projection each : Projection.all(config)) {
            Matrix matrix = each.matrix();
            // Larger queries and keys would make attention so sharp that any rounding turns it to another token.
            double gain = each.path().matches(".*[qk]_proj") ? 0.8 : 1.5;
            put(matrix.tensor(), gain / Math.sqrt(matrix.columns()), matrix.rows(), matrix.columns());
            if (config.architecture() == Architecture.QWEN2 && each.path().matches(".*[qkv]_proj")) {
                float[] bias = tensor(0.7, 1, matrix.rows()).values();
                weights.put(each.path() + ".bias", new FloatTensor(List.of((long) bias.length), bias));
            }
        }
        norm("model.norm.weight", config.hidden());
    }

    static LlamaConfig config(Architecture architecture, Rope rope, int headSize, boolean tied) {
        return new LlamaConfig(architecture, 96, 64, 96, 3, 4, 2, headSize, 64, rope, EPSILON, tied);
    }

    /** LoRA pairs of that rank on every projection, under the graph's names. */
    Map<String, FloatTensor> pairs(int rank) {
        Map<String, FloatTensor> pairs = new LinkedHashMap<>();
        for (Projection each : Projection.all(config)) {
            pairs.put(each.loraA(), tensor(0.1, each.matrix().columns(), rank));
            pairs.put(each.loraB(), tensor(0.3, rank, each.matrix().rows()));
        }
        return pairs;
    }

    /** The weights as the device computes with them: matrices quantised and back. */
    Map<String, FloatTensor> dequantised() {
        return dequantised(new Blocks(4, Quantiser.NEAREST));
    }

    Map<String, FloatTensor> dequantised(Blocks blocks) {
        Map<String, FloatTensor> found = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> found.put(
                name,
                tensor.shape().size() == 1
                        ? tensor
                        : new FloatTensor(tensor.shape(), BlocksTest.dequantised(tensor.values(), blocks))));
        return found;
    }

    FloatTensor weight(String name) {
        return Objects.requireNonNull(weights.get(name), name);
    }

    void write(Path folder) throws IOException {
        write(folder, "model.safetensors", weights);
    }

    /** In two files and an index. */
    void writeShards(Path folder) throws IOException {
        Map<String, FloatTensor> first = new LinkedHashMap<>();
        Map<String, FloatTensor> second = new LinkedHashMap<>();
        ObjectNode index = new ObjectMapper().createObjectNode();
        weights.forEach((name, tensor) -> {
            boolean early = first.size() <= weights.size() / 2;
            (early ? first : second).put(name, tensor);
            index.withObject("/weight_map").put(name, early ? "model-00001.safetensors" : "model-00002.safetensors");
        });
        write(folder, "model-00001.safetensors", first);
        write(folder, "model-00002.safetensors", second);
        Files.writeString(folder.resolve("model.safetensors.index.json"), index.toString());
    }

    private void write(Path folder, String file, Map<String, FloatTensor> tensors) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve(file), Safetensors.write(tensors));
        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.putArray("architectures").add(config.architecture().toString());
        json.put("vocab_size", config.vocabulary())
                .put("hidden_size", config.hidden())
                .put("intermediate_size", config.inner())
                .put("num_hidden_layers", config.layers())
                .put("num_attention_heads", config.heads())
                .put("num_key_value_heads", config.kvHeads())
                .put("head_dim", config.headSize())
                .put("max_position_embeddings", config.context())
                .put("rms_norm_eps", config.epsilon())
                .put("rope_theta", config.rope().theta())
                .put("hidden_act", "silu")
                .put("tie_word_embeddings", config.tied());
        switch (config.rope().scaling()) {
            case Rope.Unscaled() -> json.putNull("rope_scaling");
            case Rope.Linear linear ->
                json.putObject("rope_scaling").put("type", "linear").put("factor", linear.factor());
            case Rope.Llama3 llama3 ->
                json.putObject("rope_scaling")
                        .put("rope_type", "llama3")
                        .put("factor", llama3.factor())
                        .put("low_freq_factor", llama3.lowFactor())
                        .put("high_freq_factor", llama3.highFactor())
                        .put("original_max_position_embeddings", (int) llama3.context());
        }
        Files.writeString(folder.resolve("config.json"), json.toString());
    }

    private void put(String name, double deviation, int... shape) {
        weights.put(name, tensor(deviation, shape));
    }

    private void norm(String name, int length) {
        float[] values = new float[length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (1 + 0.2 * random.nextGaussian());
        }
        weights.put(name, new FloatTensor(List.of((long) values.length), values));
    }

    private FloatTensor tensor(double deviation, int... shape) {
        float[] values = new float[shape[0] * shape[1]];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return new FloatTensor(List.of((long) shape[0], (long) shape[1]), values);
    }
}
