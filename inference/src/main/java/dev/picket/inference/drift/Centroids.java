package dev.picket.inference.drift;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.Safetensors;
import dev.picket.inference.codec.TaskManifest;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * The mean hidden state of each label's texts at the desk. A text far from all of them is of a kind that the task was not made with: the
 * distance to the nearest class mean of Lee et al. 2018 ("A Simple Unified Framework for Detecting Out-of-Distribution Samples"), with the
 * cosine in place of a covariance, which a hundred rows a label could not fit.
 */
public final class Centroids {
    private static final String TENSOR = "centroids";
    private static final int MAX_HEADER_BYTES = 1 << 12;

    private final int labels;
    private final int hidden;
    private final float[] values;
    private final double[] norms;

    private Centroids(int labels, int hidden, float[] values) {
        this.labels = labels;
        this.hidden = hidden;
        this.values = values;
        this.norms = new double[labels];
        for (int label = 0; label < labels; label++) {
            double squares = 0;
            for (int i = 0; i < hidden; i++) {
                squares += (double) values[label * hidden + i] * values[label * hidden + i];
            }
            norms[label] = Math.sqrt(squares);
        }
    }

    /**
     * Reads {@code centroids} [labels, hidden]; a label without texts has zeros.
     *
     * @param bytes of {@value TaskManifest#CENTROIDS}, verified
     * @throws BadArtefactException when they are something else, or not finite
     */
    public static Centroids load(byte[] bytes, int labels, int hidden) throws BadArtefactException {
        try (Safetensors file = Safetensors.of(TaskManifest.CENTROIDS, bytes, MAX_HEADER_BYTES, 1)) {
            FloatTensor tensor = file.floats(TENSOR);
            List<Long> shape = List.of((long) labels, (long) hidden);
            if (!tensor.shape().equals(shape)) {
                throw new BadArtefactException(TaskManifest.CENTROIDS + ": '" + TENSOR + "' has shape " + tensor.shape()
                        + ", " + shape + " is needed.");
            }
            for (float value : tensor.values()) {
                if (!Float.isFinite(value)) {
                    throw new BadArtefactException(TaskManifest.CENTROIDS + " holds " + value + ".");
                }
            }
            return new Centroids(labels, hidden, tensor.values());
        } catch (IOException e) {
            throw new BadArtefactException(TaskManifest.CENTROIDS + " cannot be read.", e);
        }
    }

    /**
     * The means of some hidden states by label.
     *
     * @param states of one length each
     * @param truth the label of each, from 0
     */
    public static Centroids mean(List<float[]> states, List<Integer> truth, int labels) {
        Means means = new Means(labels, states.getFirst().length);
        for (int row = 0; row < states.size(); row++) {
            means.add(states.get(row), truth.get(row));
        }
        return means.centroids();
    }

    /** Means of hidden states by label, from sums: a state is not kept once it is added. */
    public static final class Means {
        private final int labels;
        private final int hidden;
        private final double[] sums;
        private final int[] counts;

        /** @param hidden the length of each state */
        public Means(int labels, int hidden) {
            this.labels = labels;
            this.hidden = hidden;
            this.sums = new double[labels * hidden];
            this.counts = new int[labels];
        }

        /** @param label from 0 */
        public void add(float[] state, int label) {
            counts[label]++;
            for (int i = 0; i < hidden; i++) {
                sums[label * hidden + i] += state[i];
            }
        }

        /** Of what was added so far; zeros for a label without a state. */
        public Centroids centroids() {
            float[] means = new float[sums.length];
            for (int i = 0; i < means.length; i++) {
                means[i] = (float) (sums[i] / Math.max(1, counts[i / hidden]));
            }
            return new Centroids(labels, hidden, means);
        }
    }

    /** The bytes of {@value TaskManifest#CENTROIDS}. */
    public byte[] toBytes() {
        return Safetensors.write(Map.of(TENSOR, new FloatTensor(List.of((long) labels, (long) hidden), values)));
    }

    /** 1 less the cosine to the nearest centroid, 0 to 2; 2 where there is none or the state is all zeros. */
    public double distance(float[] state) {
        double squares = 0;
        for (float value : state) {
            squares += (double) value * value;
        }
        double norm = Math.sqrt(squares);
        double nearest = 2;
        for (int label = 0; label < labels; label++) {
            double product = 0;
            for (int i = 0; i < hidden; i++) {
                product += (double) values[label * hidden + i] * state[i];
            }
            double both = norm * norms[label];
            nearest = both > 0 ? Math.min(nearest, Math.clamp(1 - product / both, 0, 2)) : nearest;
        }
        return nearest;
    }
}
