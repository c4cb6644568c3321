package dev.picket.agent.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Against numbers worked out by hand and the whole of the distribution. */
class BinomialTest {
    @Test
    void theTailIsWhatTheDefinitionGives() {
        assertThat(Binomial.atLeast(2, 3, 0.5)).isCloseTo(0.5, within(1e-12));
        assertThat(Binomial.atLeast(3, 3, 0.1)).isCloseTo(1e-3, within(1e-12));
        assertThat(Binomial.atLeast(1, 100, 0.01)).isCloseTo(1 - Math.pow(0.99, 100), within(1e-12));
        for (int errors = 1; errors <= 50; errors++) {
            double right = Binomial.atLeast(errors, 50, 0.3);
            double left = Binomial.atLeast(50 - errors + 1, 50, 0.7);
            assertThat(right + left).isCloseTo(1, within(1e-9));
        }
    }

    @Test
    void itsEndsAreCertainOrImpossible() {
        assertThat(Binomial.atLeast(0, 10, 0.2)).isEqualTo(1);
        assertThat(Binomial.atLeast(0, 0, 0)).isEqualTo(1);
        assertThat(Binomial.atLeast(1, 10, 0)).isZero();
        assertThat(Binomial.atLeast(10, 10, 1)).isEqualTo(1);
        assertThat(Binomial.atLeast(1_500, 2_000, 0.001)).isLessThan(1e-300);
    }
}
