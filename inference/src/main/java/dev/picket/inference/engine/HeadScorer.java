package dev.picket.inference.engine;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.Safetensors;
import java.io.IOException;
import java.util.List;

/** A linear head in float32, {@code weight · hidden + bias}: so small that Java does it in microseconds. */
final class HeadScorer implements Scorer {
    private static final int MAX_HEADER_BYTES = 1 << 16;
    private static final int MAX_TENSORS = 16;

    private final float[] weight;
    private final float[] bias;

    private HeadScorer(float[] weight, float[] bias) {
        this.weight = weight;
        this.bias = bias;
    }

    /**
     * Reads {@code weight} [labels, hidden] and {@code bias} [labels].
     *
     * @param bytes of head.safetensors, verified
     */
    static HeadScorer load(byte[] bytes, int labels, int hidden) throws BadArtefactException {
        try (Safetensors head = Safetensors.of("head.safetensors", bytes, MAX_HEADER_BYTES, MAX_TENSORS)) {
            return new HeadScorer(
                    values(head, "weight", List.of((long) labels, (long) hidden)),
                    values(head, "bias", List.of((long) labels)));
        } catch (IOException e) {
            throw new BadArtefactException("head.safetensors cannot be read.", e);
        }
    }

    private static float[] values(Safetensors head, String name, List<Long> shape)
            throws BadArtefactException, IOException {
        FloatTensor tensor = head.floats(name);
        if (!tensor.shape().equals(shape)) {
            throw new BadArtefactException(
                    "head.safetensors: '" + name + "' has shape " + tensor.shape() + ", " + shape + " is needed.");
        }
        for (float value : tensor.values()) {
            if (!Float.isFinite(value)) {
                throw new BadArtefactException("head.safetensors: '" + name + "' holds " + value + ".");
            }
        }
        return tensor.values();
    }

    @Override
    public String output() {
        return Base.HIDDEN;
    }

    @Override
    public float[] score(float[] last) {
        float[] scores = new float[bias.length];
        for (int label = 0; label < scores.length; label++) {
            double sum = bias[label];
            int row = label * last.length;
            for (int i = 0; i < last.length; i++) {
                sum += (double) weight[row + i] * last[i];
            }
            scores[label] = (float) sum;
        }
        return scores;
    }
}
