package dev.picket.models.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BootstrapTest {
    @Test
    void theSameSeedGivesTheSameIntervalsAndAnotherOneOthers() {
        Answers answers = MadeAnswers.random(1, 200, 0.8, "a", "b", "c");
        var first = new Bootstrap(20, 200).of(List.of(answers)).figures();
        assertThat(new Bootstrap(20, 200).of(List.of(answers)).figures()).isEqualTo(first);
        assertThat(new Bootstrap(21, 200).of(List.of(answers)).figures()).isNotEqualTo(first);
    }

    @Test
    void theIntervalHoldsTheTrueAccuracyInAboutNinetyFiveOfAHundredDraws() {
        int held = 0;
        int draws = 300;
        for (int draw = 0; draw < draws; draw++) {
            Answers answers = MadeAnswers.random(1000 + draw, 200, 0.8, "a", "b");
            Estimate accuracy = new Bootstrap(draw, 300)
                    .of(List.of(answers))
                    .figures()
                    .getFirst()
                    .get(Figures.ACCURACY);
            held += accuracy.low() <= 0.8 && 0.8 <= accuracy.high() ? 1 : 0;
        }
        assertThat((double) held / draws).isBetween(0.90, 0.985);
    }

    @Test
    void aDifferenceIsPairedSoThatWhatBothGetWrongDoesNotWidenIt() {
        Random random = new Random(8);
        MadeAnswers first = new MadeAnswers("a", "b");
        MadeAnswers second = new MadeAnswers("a", "b");
        for (int i = 0; i < 300; i++) {
            boolean hard = random.nextDouble() < 0.4;
            boolean gained = hard && random.nextDouble() < 0.1;
            first.add(0, hard ? 1 : 0, 0.8, true);
            second.add(0, hard && !gained ? 1 : 0, 0.8, true);
        }
        Bootstrap.Result result = new Bootstrap(3, 1000).of(List.of(first.answers(), second.answers()));
        Estimate difference = result.differences().getFirst().get(Figures.ACCURACY);
        Estimate alone = result.figures().getFirst().get(Figures.ACCURACY);
        assertThat(difference.low()).isPositive();
        assertThat(difference.high() - difference.low()).isLessThan((alone.high() - alone.low()) / 2);
    }

    @Test
    void twoOfTheSameDifferByNothing() {
        Answers answers = MadeAnswers.random(2, 100, 0.6, "a", "b", "c");
        Bootstrap.Result result = new Bootstrap(3, 100).of(List.of(answers, answers));
        assertThat(result.differences().getFirst().get(Figures.MACRO_F1)).isEqualTo(new Estimate(0, 0, 0));
    }

    @Test
    void percentilesLieBetweenTheirNeighbours() {
        double[] sorted = {0, 1, 2, 3, 4};
        assertThat(Bootstrap.percentile(sorted, 0.5)).isEqualTo(2);
        assertThat(Bootstrap.percentile(sorted, 0.975)).isCloseTo(3.9, within(1e-12));
        assertThat(Bootstrap.percentile(new double[0], 0.5)).isNaN();
    }
}
