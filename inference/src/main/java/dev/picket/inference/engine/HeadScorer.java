package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.Safetensors;
import dev.picket.inference.codec.Scoring;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A linear head in float32, {@code weight · hidden + bias}, so small that Java does it in microseconds; with a wide part
 * its scores are added (wide and deep: Cheng et al. 2016).
 */
final class HeadScorer implements Scorer {
    private static final int MAX_HEADER_BYTES = 1 << 16;
    private static final int MAX_TENSORS = 16;
    private static final Set<String> DEEP = Set.of("weight", "bias");
    private static final Set<String> WIDE = Set.of("weight", "bias", "wide.buckets", "wide.weight");

    private final String output;
    private final float[] weight;
    private final float[] bias;
    private final @Nullable WidePart wide;

    private HeadScorer(String output, float[] weight, float[] bias, @Nullable WidePart wide) {
        this.output = output;
        this.weight = weight;
        this.bias = bias;
        this.wide = wide;
    }

    /**
     * Reads {@code weight} [labels, hidden] and {@code bias} [labels], and the wide part's tensors where there is one.
     *
     * @param bytes of head.safetensors, verified
     */
    static HeadScorer load(byte[] bytes, Scoring.Head head, int labels, BaseManifest.Graph graph)
            throws BadArtefactException {
        String hidden = graph.wiring().outputs().hidden();
        if (hidden == null) {
            throw new BadArtefactException(
                    "The task has a head, but the base gives no hidden state that it could be applied to; export the"
                            + " base with its hidden states, or score by 'verbaliser' or 'classifier'.");
        }
        try (Safetensors tensors = Safetensors.of("head.safetensors", bytes, MAX_HEADER_BYTES, MAX_TENSORS)) {
            Scoring.Wide shape = head.wide();
            requireOnly(tensors, shape == null ? DEEP : WIDE);
            return new HeadScorer(
                    hidden,
                    values(tensors, "weight", List.of((long) labels, (long) graph.hiddenSize())),
                    values(tensors, "bias", List.of((long) labels)),
                    shape == null ? null : WidePart.load(tensors, shape, labels));
        } catch (IOException e) {
            throw new BadArtefactException("head.safetensors cannot be read.", e);
        }
    }

    /** A tensor that nobody reads is a part that the task forgot to name. */
    private static void requireOnly(Safetensors tensors, Set<String> known) throws BadArtefactException {
        Set<String> unknown = new HashSet<>(tensors.tensors().keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new BadArtefactException("head.safetensors holds '"
                    + unknown.iterator().next() + "', which task.json's $.scoring does not name.");
        }
    }

    private static float[] values(Safetensors head, String name, List<Long> shape)
            throws BadArtefactException, IOException {
        FloatTensor tensor = head.floats(name);
        if (!tensor.shape().equals(shape)) {
            throw new BadArtefactException(
                    "head.safetensors: '" + name + "' has shape " + tensor.shape() + ", " + shape + " is needed.");
        }
        requireFinite(name, tensor.values());
        return tensor.values();
    }

    static void requireFinite(String name, float[] values) throws BadArtefactException {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new BadArtefactException("head.safetensors: '" + name + "' holds " + value + ".");
            }
        }
    }

    @Override
    public String output() {
        return output;
    }

    @Override
    public int tokensBehind() {
        return 0;
    }

    @Override
    public Scores score(Question question) throws OrtException {
        float[] last = question.row(output);
        double[] sums = new double[bias.length];
        for (int label = 0; label < sums.length; label++) {
            double sum = bias[label];
            int row = label * last.length;
            for (int i = 0; i < last.length; i++) {
                sum += (double) weight[row + i] * last[i];
            }
            sums[label] = sum;
        }
        if (wide != null) {
            wide.addTo(sums, question.text());
        }
        float[] scores = new float[sums.length];
        for (int label = 0; label < scores.length; label++) {
            scores[label] = (float) sums[label];
        }
        return new Scores(scores, Float.NaN, last);
    }
}
