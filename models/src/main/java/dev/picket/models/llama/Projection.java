package dev.picket.models.llama;

import java.util.ArrayList;
import java.util.List;

/**
 * A matrix of the decoder that may carry a LoRA pair.
 *
 * @param path its module path in the checkpoint, such as {@code model.layers.0.self_attn.q_proj}
 */
record Projection(String path, int inputs, int outputs) {
    String loraA() {
        return path + ".lora_A";
    }

    String loraB() {
        return path + ".lora_B";
    }

    /** All projections, in the order of the layers. */
    static List<Projection> all(LlamaConfig config) {
        int queries = config.heads() * config.headSize();
        int keys = config.kvHeads() * config.headSize();
        List<Projection> found = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            String layer = "model.layers." + i;
            found.add(new Projection(layer + ".self_attn.q_proj", config.hidden(), queries));
            found.add(new Projection(layer + ".self_attn.k_proj", config.hidden(), keys));
            found.add(new Projection(layer + ".self_attn.v_proj", config.hidden(), keys));
            found.add(new Projection(layer + ".self_attn.o_proj", queries, config.hidden()));
            found.add(new Projection(layer + ".mlp.gate_proj", config.hidden(), config.inner()));
            found.add(new Projection(layer + ".mlp.up_proj", config.hidden(), config.inner()));
            found.add(new Projection(layer + ".mlp.down_proj", config.inner(), config.hidden()));
        }
        return List.copyOf(found);
    }
}
