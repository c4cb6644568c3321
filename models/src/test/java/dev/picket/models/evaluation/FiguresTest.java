package dev.picket.models.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.picket.inference.exam.Metrics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void accuracyMacroF1AndCalibrationErrorAreThoseThatTheGatewaysExamComputes() {
        Answers answers = MadeAnswers.random(4, 500, 0.7, "a", "b", "c", "d");
        List<Integer> truth = new ArrayList<>();
        List<List<Float>> probabilities = new ArrayList<>();
        for (int row = 0; row < answers.rows(); row++) {
            truth.add(answers.truth(row));
            List<Float> each = new ArrayList<>(Collections.nCopies(4, 0f));
            each.set(answers.guess(row), answers.confidence(row));
            probabilities.add(each);
        }
        Metrics metrics = Metrics.of(4, truth, probabilities);
        double[] found = Figures.of(answers).values();
        assertThat(found[Figures.ACCURACY]).isCloseTo(metrics.accuracy(), within(1e-12));
        assertThat(found[Figures.MACRO_F1]).isCloseTo(metrics.macroF1(1), within(1e-12));
        assertThat(found[Figures.ECE]).isCloseTo(metrics.calibrationError(Figures.BINS), within(1e-6));
        for (int label = 0; label < 4; label++) {
            assertThat(found[Figures.f1(label)]).isCloseTo(metrics.f1(label), within(1e-12));
        }
    }

    @Test
    void precisionAndRecallAreToldApartAndWhatNobodySaidHasNoPrecision() {
        Answers answers = new MadeAnswers("a", "b", "c")
                .add(0, 0, 0.9, true)
                .add(0, 1, 0.8, true)
                .add(1, 1, 0.7, false)
                .add(2, 1, 0.6, false)
                .answers();
        double[] found = Figures.of(answers).values();
        assertThat(found[Figures.precision(0)]).isEqualTo(1);
        assertThat(found[Figures.recall(0)]).isEqualTo(0.5);
        assertThat(found[Figures.precision(1)]).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(found[Figures.recall(1)]).isEqualTo(1);
        assertThat(found[Figures.precision(2)]).isNaN();
        assertThat(found[Figures.recall(2)]).isZero();
        assertThat(found[Figures.ACCEPTED]).isEqualTo(0.5);
        assertThat(found[Figures.ACCEPTED_ERROR]).isEqualTo(0.5);
    }

    @Test
    void theAreaUnderRiskAndCoverageIsTheMeanErrorRateOfTheSurestRows() {
        Answers answers = new MadeAnswers("a", "b")
                .add(0, 0, 0.9, true)
                .add(0, 1, 0.8, true)
                .add(1, 1, 0.7, true)
                .add(1, 0, 0.6, true)
                .answers();
        double mean = (0 + 1 / 2.0 + 1 / 3.0 + 2 / 4.0) / 4;
        assertThat(Figures.of(answers).values()[Figures.AURC]).isCloseTo(mean, within(1e-12));
        assertThat(Curves.riskCoverage(answers, 10))
                .containsExactly(
                        new Curves.Point(0.25, 0, 0.9f),
                        new Curves.Point(0.5, 0.5, 0.8f),
                        new Curves.Point(0.75, 1 / 3.0, 0.7f),
                        new Curves.Point(1, 0.5, 0.6f));
    }

    @Test
    void rowsOfEqualConfidenceShareTheirErrorsInWhateverOrderTheyCame() {
        Answers rightFirst = new MadeAnswers("a", "b")
                .add(0, 0, 0.9, true)
                .add(0, 1, 0.9, true)
                .answers();
        Answers wrongFirst = new MadeAnswers("a", "b")
                .add(0, 1, 0.9, true)
                .add(0, 0, 0.9, true)
                .answers();
        assertThat(Figures.of(rightFirst).values()[Figures.AURC]).isEqualTo(0.5);
        assertThat(Figures.of(wrongFirst).values()[Figures.AURC]).isEqualTo(0.5);
    }

    @Test
    void aRowThatCountsTwiceIsTheSameAsTwoRows() {
        Answers once = new MadeAnswers("a", "b")
                .add(0, 0, 0.9, true)
                .add(0, 1, 0.7, false)
                .answers();
        Answers twice = new MadeAnswers("a", "b")
                .add(0, 0, 0.9, true)
                .add(0, 0, 0.9, true)
                .add(0, 1, 0.7, false)
                .answers();
        assertThat(Figures.of(once, new int[] {2, 1}).values())
                .containsExactly(Figures.of(twice).values(), within(1e-12));
    }

    @Test
    void theReliabilityDiagramsGapsAddUpToTheCalibrationError() {
        Answers answers = MadeAnswers.random(5, 300, 0.6, "a", "b", "c");
        double sum = 0;
        for (Curves.Bin bin : Curves.reliability(answers)) {
            sum += bin.rows() == 0 ? 0 : bin.rows() * Math.abs(bin.accuracy() - bin.confidence()) / 300;
        }
        assertThat(sum).isCloseTo(Figures.of(answers).values()[Figures.ECE], within(1e-6));
    }

    @Test
    void latenciesAreOfTheTextThatManyOthersAreFasterThan() {
        MadeAnswers made = new MadeAnswers("a", "b");
        for (int i = 0; i < 100; i++) {
            made.add(0, 0, 0.9, true);
        }
        assertThat(made.answers().latencyMillis(0.5)).isEqualTo(50);
        assertThat(made.answers().latencyMillis(0.95)).isEqualTo(95);
    }
}
