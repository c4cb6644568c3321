package dev.picket.models.llama;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A matrix of the decoder that may carry a LoRA pair.
 *
 * @param bias the checkpoint's name for it; null where there is none
 */
record Projection(Matrix matrix, @Nullable String bias) {
    /** Its module path in the checkpoint, such as {@code model.layers.0.self_attn.q_proj}. */
    String path() {
        return matrix.path();
    }

    String loraA() {
        return path() + ".lora_A";
    }

    String loraB() {
        return path() + ".lora_B";
    }

    /** All projections, in the order of the layers. */
    static List<Projection> all(LlamaConfig config) {
        List<Projection> found = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            String attention = "model.layers." + i + ".self_attn.";
            boolean biased = config.architecture().hasAttentionBias();
            found.add(of(attention + "q_proj", config.hidden(), config.queries(), biased));
            found.add(of(attention + "k_proj", config.hidden(), config.keys(), biased));
            found.add(of(attention + "v_proj", config.hidden(), config.keys(), biased));
            found.add(of(attention + "o_proj", config.queries(), config.hidden(), false));
            String fed = "model.layers." + i + ".mlp.";
            found.add(of(fed + "gate_proj", config.hidden(), config.inner(), false));
            found.add(of(fed + "up_proj", config.hidden(), config.inner(), false));
            found.add(of(fed + "down_proj", config.inner(), config.hidden(), false));
        }
        return List.copyOf(found);
    }

    private static Projection of(String path, int inputs, int outputs, boolean biased) {
        return new Projection(new Matrix(path, outputs, inputs), biased ? path + ".bias" : null);
    }
}
