package dev.picket.models.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LbfgsTest {
    @Test
    void theBottomOfABentValleyIsFound() {
        double[] found = new Lbfgs(500, 0)
                .minimum(
                        (at, slope) -> {
                            double bend = at[1] - at[0] * at[0];
                            slope[0] = -400 * at[0] * bend - 2 * (1 - at[0]);
                            slope[1] = 200 * bend;
                            return 100 * bend * bend + (1 - at[0]) * (1 - at[0]);
                        },
                        new double[] {-1.2, 1});
        assertThat(found[0]).isCloseTo(1, within(1e-5));
        assertThat(found[1]).isCloseTo(1, within(1e-5));
    }

    @Test
    void aBowlOfVeryDifferentWidthsIsFoundInFewSteps() {
        int[] asked = {0};
        double[] found = new Lbfgs(200, 0)
                .minimum(
                        (at, slope) -> {
                            asked[0]++;
                            double sum = 0;
                            for (int i = 0; i < at.length; i++) {
                                double width = Math.pow(10, i % 4);
                                slope[i] = width * (at[i] - i);
                                sum += width / 2 * (at[i] - i) * (at[i] - i);
                            }
                            return sum;
                        },
                        new double[20]);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(i, within(1e-4));
        }
        assertThat(asked[0]).isLessThan(120);
    }

    @Test
    void whereThereIsNoSlopeItStays() {
        double[] from = {3, 4};
        assertThat(new Lbfgs(10, 0).minimum((_, slope) -> slope[0] = 0, from)).containsExactly(3, 4);
    }
}
