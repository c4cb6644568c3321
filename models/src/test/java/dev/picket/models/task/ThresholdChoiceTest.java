package dev.picket.models.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.picket.inference.codec.TaskManifest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThresholdChoiceTest {
    @Test
    void withoutErrorsTheBoundIsTheRuleOfThree() {
        assertThat(ThresholdChoice.upperBound(0, 100, 0.05)).isCloseTo(1 - Math.pow(0.05, 0.01), within(1e-9));
        assertThat(ThresholdChoice.upperBound(5, 5, 0.05)).isEqualTo(1);
    }

    @Test
    void tooFewRowsShowNoThreshold() {
        assertThat(ThresholdChoice.of(Collections.nCopies(20, 0.999), Collections.nCopies(20, true), 0.05))
                .isNull();
    }

    @Test
    void theLeastThresholdThatKeepsToTheErrorRateIsChosen() {
        List<Double> confidences = new ArrayList<>(Collections.nCopies(400, 0.97));
        List<Boolean> right = new ArrayList<>(Collections.nCopies(400, true));
        confidences.addAll(Collections.nCopies(60, 0.65));
        right.addAll(Collections.nCopies(60, false));
        var chosen = ThresholdChoice.of(confidences, right, 0.05);
        assertThat(chosen)
                .isEqualTo(new TaskManifest.Threshold(0.7, 460, ThresholdChoice.upperBound(0, 400, 0.05 / 9)));
    }
}
