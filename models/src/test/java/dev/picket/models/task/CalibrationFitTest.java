package dev.picket.models.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CalibrationFitTest {
    @Test
    void theTemperatureAndBiasThatMadeTheLabelsAreFoundAgain() {
        Random random = new Random(11);
        CalibrationFit made = new CalibrationFit(2.5, List.of(0.6, -0.2, -0.4));
        List<double[]> logits = new ArrayList<>();
        List<Integer> truth = new ArrayList<>();
        for (int row = 0; row < 20_000; row++) {
            double[] z = {3 * random.nextGaussian(), 3 * random.nextGaussian(), 3 * random.nextGaussian()};
            logits.add(z);
            truth.add(drawn(made.apply(z), random.nextDouble()));
        }
        CalibrationFit found = CalibrationFit.of(logits, truth);
        assertThat(found.temperature()).isCloseTo(2.5, within(0.1));
        for (int label = 0; label < 3; label++) {
            assertThat(found.bias().get(label)).isCloseTo(made.bias().get(label), within(0.06));
        }
    }

    private static int drawn(double[] p, double at) {
        int label = 0;
        double sum = p[0];
        while (at > sum && label < p.length - 1) {
            sum += p[++label];
        }
        return label;
    }
}
