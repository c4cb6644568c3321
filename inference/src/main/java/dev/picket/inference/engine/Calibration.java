package dev.picket.inference.engine;

import dev.picket.inference.codec.TaskManifest;
import java.util.ArrayList;
import java.util.List;

/**
 * From scores to probabilities: {@code p = softmax(scores / temperature + bias)}. Temperature scaling with a bias a label
 * (Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2: between temperature and vector scaling).
 */
final class Calibration {
    private final double temperature;
    private final double[] bias;

    Calibration(TaskManifest.Calibration fitted) {
        this.temperature = fitted.temperature();
        this.bias = fitted.bias().stream().mapToDouble(Double::doubleValue).toArray();
    }

    /**
     * The probabilities, summing to 1.
     *
     * @param scores finite, one a label
     */
    List<Float> probabilities(float[] scores) {
        double[] shifted = new double[scores.length];
        double max = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < scores.length; i++) {
            shifted[i] = scores[i] / temperature + bias[i];
            max = Math.max(max, shifted[i]);
        }
        double sum = 0;
        for (int i = 0; i < shifted.length; i++) {
            shifted[i] = Math.exp(shifted[i] - max);
            sum += shifted[i];
        }
        List<Float> probabilities = new ArrayList<>(shifted.length);
        for (double weight : shifted) {
            probabilities.add((float) (weight / sum));
        }
        return probabilities;
    }
}
