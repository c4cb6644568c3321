package dev.picket.models.llama;

import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A random Llama small enough to be computed by hand, as a Hugging Face folder. */
final class TinyCheckpoint {
    final LlamaConfig config;
    final Map<String, FloatTensor> weights = new LinkedHashMap<>();
    private final Random random;

    TinyCheckpoint(long seed, boolean tied) {
        config = new LlamaConfig(96, 64, 96, 3, 4, 2, 16, 64, 10000, 1e-5f, tied);
        random = new Random(seed);
        put("model.embed_tokens.weight", 1, config.vocabulary(), config.hidden());
        for (int i = 0; i < config.layers(); i++) {
            norm("model.layers." + i + ".input_layernorm.weight");
            norm("model.layers." + i + ".post_attention_layernorm.weight");
        }
        for (Projection each : Projection.all(config)) {
            put(each.path() + ".weight", 1.5 / Math.sqrt(each.inputs()), each.outputs(), each.inputs());
        }
        norm("model.norm.weight");
        if (!tied) {
            put("lm_head.weight", 0.2, config.vocabulary(), config.hidden());
        }
    }

    /** LoRA pairs of that rank on every projection, under the graph's names. */
    Map<String, FloatTensor> pairs(int rank) {
        Map<String, FloatTensor> pairs = new LinkedHashMap<>();
        for (Projection each : Projection.all(config)) {
            pairs.put(each.loraA(), tensor(0.1, each.inputs(), rank));
            pairs.put(each.loraB(), tensor(0.3, rank, each.outputs()));
        }
        return pairs;
    }

    /** The weights as the device computes with them: matrices quantised and back. */
    Map<String, FloatTensor> dequantised() {
        Map<String, FloatTensor> found = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> found.put(
                name,
                tensor.shape().size() == 1
                        ? tensor
                        : new FloatTensor(tensor.shape(), Int4BlocksTest.dequantised(tensor.values()))));
        return found;
    }

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve("model.safetensors"), Safetensors.write(weights));
        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        Files.writeString(folder.resolve("config.json"), """
                {"architectures": ["LlamaForCausalLM"], "vocab_size": 96, "hidden_size": 64, "intermediate_size": 96,
                 "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16,
                 "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "hidden_act": "silu",
                 "tie_word_embeddings": %s}""".formatted(config.tied()));
    }

    private void put(String name, double deviation, int... shape) {
        weights.put(name, tensor(deviation, shape));
    }

    private void norm(String name) {
        float[] values = new float[config.hidden()];
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
