package dev.picket.inference.engine;

import ai.onnxruntime.OnnxTensor;
import java.util.Map;

/**
 * The keys and values of a prompt's prefix, read by many runs at once and written by none.
 *
 * <p>Native memory: freed when it has left the cache and its last run has ended.
 */
final class KeyValues {
    private final int length;
    private final long bytes;
    private final Map<String, OnnxTensor> pasts;
    private final Lifetime lifetime;

    /**
     * Takes over native tensors.
     *
     * @param length tokens
     * @param pasts by the name of the graph's input
     * @param free closes them
     */
    KeyValues(int length, Map<String, OnnxTensor> pasts, Runnable free) {
        this.length = length;
        this.pasts = Map.copyOf(pasts);
        this.bytes = pasts.values().stream()
                .mapToLong(tensor -> tensor.getInfo().getNumElements() * tensor.getInfo().type.size)
                .sum();
        this.lifetime = new Lifetime(free);
    }

    int length() {
        return length;
    }

    long bytes() {
        return bytes;
    }

    Map<String, OnnxTensor> pasts() {
        return pasts;
    }

    Lifetime lifetime() {
        return lifetime;
    }
}
