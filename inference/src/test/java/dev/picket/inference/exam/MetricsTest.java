package dev.picket.inference.exam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private static final Metrics FOUR = Metrics.of(
            3,
            List.of(0, 0, 1, 1),
            List.of(List.of(0.9, 0.1, 0.0), List.of(0.4, 0.6, 0.0), List.of(0.2, 0.8, 0.0), List.of(0.1, 0.7, 0.2)));

    @Test
    void theFiguresAreThoseWorkedOutByHand() {
        assertThat(FOUR.accuracy()).isEqualTo(0.75);
        assertThat(FOUR.count(0, 1)).isOne();
        assertThat(FOUR.f1(0)).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(FOUR.f1(1)).isCloseTo(0.8, within(1e-12));
        assertThat(FOUR.f1(2)).isZero();
    }

    @Test
    void aLabelWithTooFewRowsDoesNotCount() {
        assertThat(FOUR.macroF1(2)).isCloseTo((2.0 / 3 + 0.8) / 2, within(1e-12));
        assertThat(FOUR.macroF1(0)).isCloseTo((2.0 / 3 + 0.8) / 3, within(1e-12));
        assertThat(FOUR.macroF1(3)).isNaN();
    }

    @Test
    void theCalibrationErrorIsTheWeightedGapOfTheBins() {
        assertThat(FOUR.calibrationError(2)).isCloseTo(Math.abs(0.9 + 0.6 + 0.8 + 0.7 - 3) / 4, within(1e-6));
        assertThat(FOUR.calibrationError(10)).isCloseTo((0.1 + 0.6 + 0.2 + 0.3) / 4, within(1e-6));
    }
}
