package dev.picket.models.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.picket.inference.codec.TaskManifest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ThresholdChoiceTest {
    private final ThresholdChoice choice = new ThresholdChoice(0.05, 1);

    @Test
    void theBoundIsTheOneOfClopperAndPearson() {
        assertThat(ThresholdChoice.upperBound(0, 100, 0.05)).isCloseTo(1 - Math.pow(0.05, 0.01), within(1e-9));
        // qbeta(0.95, 4, 97) and qbeta(0.95, 11, 190) of R.
        assertThat(ThresholdChoice.upperBound(3, 100, 0.05)).isCloseTo(0.0757, within(1e-4));
        assertThat(ThresholdChoice.upperBound(10, 200, 0.05)).isCloseTo(0.0834, within(1e-4));
        assertThat(ThresholdChoice.upperBound(5, 5, 0.05)).isEqualTo(1);
        assertThat(ThresholdChoice.upperBound(0, 0, 0.05)).isEqualTo(1);
    }

    @Test
    void theLadderFallsFromWhatEnoughRowsAreAboveToWhatAllAre() {
        List<Double> ladder = choice.ladder(falling(1000), 0.5);
        assertThat(ladder).hasSizeBetween(15, 20).isSortedAccordingTo(Collections.reverseOrder());
        long above = falling(1000).stream().filter(c -> c >= ladder.getFirst()).count();
        assertThat(above).isBetween(240L, 260L);
        assertThat(ladder.getLast()).isEqualTo(0.001);
    }

    @Test
    void whereNotEvenAFaultlessRungCouldHoldThereIsNoLadder() {
        assertThat(choice.ladder(falling(60), 1)).isEmpty();
        assertThat(choice.ladder(falling(70), 1)).isNotEmpty();
        assertThat(new ThresholdChoice(0.001, 1).ladder(falling(1000), 1)).isEmpty();
        assertThat(choice.of(List.of(), List.of())).isNull();
    }

    @Test
    void theLastRungBeforeTheFirstFailureIsChosenThoughALooserOneWouldHold() {
        List<ThresholdChoice.Guess> rows = new ArrayList<>(Collections.nCopies(150, guess(0.9, true)));
        rows.addAll(Collections.nCopies(20, guess(0.7, false)));
        rows.addAll(Collections.nCopies(2000, guess(0.5, true)));
        TaskManifest.Threshold chosen = Objects.requireNonNull(choice.of(List.of(0.85, 0.8, 0.65, 0.45), rows));
        assertThat(chosen.value()).isEqualTo(0.8);
        assertThat(chosen.n()).isEqualTo(2170);
        assertThat(chosen.bound()).isEqualTo(ThresholdChoice.upperBound(0, 150, 0.05));
        assertThat(choice.of(List.of(0.65, 0.45), rows)).isNull();
        assertThat(choice.of(List.of(0.45), rows)).isNotNull();
    }

    @Test
    void aRungThatAcceptsTooFewRowsDoesNotHold() {
        List<ThresholdChoice.Guess> rows = Collections.nCopies(70, guess(0.9, true));
        assertThat(new ThresholdChoice(0.05, 70).of(List.of(0.85), rows)).isNotNull();
        assertThat(new ThresholdChoice(0.05, 71).of(List.of(0.85), rows)).isNull();
    }

    @Test
    void aConfidenceIsComparedAsTheGatewayDoesIt() {
        double threshold = 0.9;
        assertThat(ThresholdChoice.accepts(threshold, 0.9)).isEqualTo((float) 0.9 >= threshold);
        assertThat(ThresholdChoice.accepts(0.95, 0.95)).isEqualTo((float) 0.95 >= 0.95);
    }

    private static List<Double> falling(int count) {
        List<Double> confidences = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            confidences.add((i + 1.0) / count);
        }
        return confidences;
    }

    private static ThresholdChoice.Guess guess(double confidence, boolean right) {
        return new ThresholdChoice.Guess(confidence, right);
    }
}
