package dev.picket.inference.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TwoSampleTest {
    /** Smirnov's table of critical values. */
    @ParameterizedTest
    @CsvSource({"1.2238, 0.10", "1.3581, 0.05", "1.6276, 0.01", "1.9495, 0.001"})
    void theTailOfKolmogorovsLimitIsThatOfTheTables(double lambda, double p) {
        assertThat(KolmogorovSmirnov.survival(lambda)).isCloseTo(p, within(p * 0.001));
    }

    @Test
    void theDistanceIsTheWidestGapBetweenTheDistributionFunctions() {
        Difference found =
                KolmogorovSmirnov.between(Shares.of(new int[] {50, 30, 20}), Shares.of(new int[] {20, 30, 50}));
        assertThat(found.effect()).isCloseTo(0.3, within(1e-12));
        assertThat(found.p()).isBetween(1e-5, 1e-3);
    }

    /** The table of Agresti's textbook example form: rows 762 327 468 and 484 239 477, chi-square 30.07, 2 degrees. */
    @Test
    void chiSquareIsThatOfTheTextbook() {
        Difference found =
                ChiSquare.between(Shares.of(new int[] {762, 327, 468}), Shares.of(new int[] {484, 239, 477}));
        assertThat(found.p()).isCloseTo(2.954e-7, within(1e-9));
    }

    @Test
    void cramersVDoesNotShrinkAsTheBaselineGrows() {
        Shares window = Shares.of(new int[] {75, 25});
        double small = ChiSquare.between(Shares.of(new int[] {95, 5}), window).effect();
        double large =
                ChiSquare.between(Shares.of(new int[] {95_000, 5_000}), window).effect();
        assertThat(small).isCloseTo(0.2801, within(1e-3)).isCloseTo(large, within(1e-9));
        assertThat(ChiSquare.between(Shares.of(new int[] {50, 0}), Shares.of(new int[] {0, 50}))
                        .effect())
                .isEqualTo(1);
    }

    /** Thirds and tenths do not add up to 1 in binary. */
    @Test
    void noEffectIsAboveOne() {
        Random random = new Random(3);
        for (int pair = 0; pair < 10_000; pair++) {
            int[] low = new int[128];
            int[] high = new int[128];
            for (int bin = 0; bin < 64; bin++) {
                low[bin] = 1 + random.nextInt(50);
                high[64 + bin] = 1 + random.nextInt(50);
            }
            assertThat(KolmogorovSmirnov.between(Shares.of(low), Shares.of(high))
                            .effect())
                    .isBetween(0.999, 1.0);
            assertThat(ChiSquare.between(Shares.of(low), Shares.of(high)).effect())
                    .isLessThanOrEqualTo(1);
        }
    }

    @Test
    void labelsTooRareForTheTestAreTakenTogether() {
        Difference found =
                ChiSquare.between(Shares.of(new int[] {1000, 1, 0, 2, 0}), Shares.of(new int[] {300, 0, 1, 0, 1}));
        assertThat(found.p()).isGreaterThan(0.01);
    }

    @Test
    void samplesWithoutTextsOrWithOneLabelAloneDoNotDiffer() {
        assertThat(ChiSquare.between(Shares.of(new int[3]), Shares.of(new int[] {3, 2, 1})))
                .isEqualTo(Difference.NONE);
        assertThat(ChiSquare.between(Shares.of(new int[] {9, 0}), Shares.of(new int[] {7, 0})))
                .isEqualTo(Difference.NONE);
        assertThat(KolmogorovSmirnov.between(Shares.of(new int[3]), Shares.of(new int[] {3, 2, 1})))
                .isEqualTo(Difference.NONE);
    }

    /** Two samples of one population, 20,000 times: p below 0.01 no more often than a hundredth of them. */
    @Test
    void chanceGoesBelowAProbabilityNoMoreOftenThanItSays() {
        Random random = new Random(11);
        int pairs = 20_000;
        int labels = 0;
        int distances = 0;
        for (int pair = 0; pair < pairs; pair++) {
            Shares a = sample(random, 200);
            Shares b = sample(random, 100);
            labels += ChiSquare.between(a, b).p() < 0.01 ? 1 : 0;
            distances += KolmogorovSmirnov.between(a, b).p() < 0.01 ? 1 : 0;
        }
        assertThat(labels).isBetween(pairs / 400, pairs * 13 / 1000);
        assertThat(distances).isLessThan(pairs * 12 / 1000);
    }

    private static Shares sample(Random random, int n) {
        int[] counts = new int[6];
        for (int i = 0; i < n; i++) {
            double at = random.nextDouble();
            counts[(int) (at * at * 6)]++;
        }
        return Shares.of(counts);
    }

    @Test
    void aScaleTakesEveryNumberIntoABinAndBack() {
        for (Signal signal : Signal.values()) {
            assertThat(signal.bin(0)).isZero();
            assertThat(signal.bin(1e300))
                    .isEqualTo(signal == Signal.CONFIDENCE || signal == Signal.LABEL_MASS ? 0 : 127);
            for (int bin = 0; bin < Signal.BINS; bin++) {
                assertThat(signal.bin(signal.value(bin + 0.5))).isEqualTo(bin);
            }
        }
        assertThat(Signal.CONFIDENCE.bin(1)).isEqualTo(127);
        assertThat(Signal.CONFIDENCE.bin(0.99)).isLessThan(Signal.CONFIDENCE.bin(0.995));
    }
}
