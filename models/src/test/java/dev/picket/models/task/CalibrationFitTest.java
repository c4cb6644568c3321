package dev.picket.models.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CalibrationFitTest {
    private final CalibrationFit made = new CalibrationFit(2.5, List.of(0.6, -0.2, -1.9));
    private final List<double[]> logits = new ArrayList<>();
    private final List<Integer> truth = new ArrayList<>();

    @BeforeEach
    void rowsWhoseLabelsWereDrawnByKnownProbabilities() {
        Random random = new Random(11);
        for (int row = 0; row < 20_000; row++) {
            double[] z = {3 * random.nextGaussian(), 3 * random.nextGaussian(), 3 * random.nextGaussian()};
            logits.add(z);
            truth.add(drawn(made.apply(z), random.nextDouble()));
        }
    }

    @Test
    void theTemperatureAndBiasThatMadeTheLabelsAreFoundAgain() {
        assertFound(CalibrationFit.of(logits, truth, 0), new double[3]);
    }

    /** A row that counts w times is a row that comes w times: the odds move by w and nothing else does. */
    @Test
    void balanceMovesTheBiasByHowRareALabelIs() {
        double[] shift = new double[3];
        truth.forEach(label -> shift[label]++);
        for (double balance : new double[] {0.5, 1}) {
            assertFound(
                    CalibrationFit.of(logits, truth, balance),
                    Arrays.stream(shift).map(n -> -balance * Math.log(n)).toArray());
        }
    }

    private void assertFound(CalibrationFit found, double[] shift) {
        assertThat(found.temperature()).isCloseTo(2.5, within(0.15));
        double mean = 0;
        for (int label = 0; label < 3; label++) {
            mean += (made.bias().get(label) + shift[label]) / 3;
        }
        for (int label = 0; label < 3; label++) {
            double expected = made.bias().get(label) + shift[label] - mean;
            assertThat(found.bias().get(label)).isCloseTo(expected, within(0.08));
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
