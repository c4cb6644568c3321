package dev.picket.inference.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.DriftBaseline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeskTallyTest {
    @Test
    void quantilesAsTheGatewayCountsThemAreTheTextsThatTheyWereMadeOf() {
        Random random = new Random(4);
        List<Double> distances = new ArrayList<>();
        int[] counted = new int[Signal.BINS];
        for (int i = 0; i < 5000; i++) {
            double distance = Math.exp(-2 + 0.5 * random.nextGaussian());
            distances.add(distance);
            counted[Signal.DISTANCE.bin(distance)]++;
        }
        Tally desk = DeskTally.of(new DriftBaseline(
                List.of(3000, 2000),
                DriftBaseline.quantiles(List.of(0.5, 0.9)),
                DriftBaseline.quantiles(distances),
                List.of(),
                List.of()));
        assertThat(desk.texts()).isEqualTo(5000);
        assertThat(Arrays.stream(desk.bins(Signal.DISTANCE)).sum()).isEqualTo(5000);
        assertThat(KolmogorovSmirnov.between(Shares.of(desk.bins(Signal.DISTANCE)), Shares.of(counted))
                        .effect())
                .isLessThan(0.02);
        assertThat(desk.bins(Signal.LABEL_MASS)).containsOnly(0);
    }

    @Test
    void theDistanceIsThatToTheNearestCentroid() throws Exception {
        Centroids made = Centroids.mean(
                List.of(new float[] {2, 0}, new float[] {4, 0}, new float[] {0, 5}), List.of(0, 0, 2), 3);
        Centroids read = Centroids.load(made.toBytes(), 3, 2);
        assertThat(read.distance(new float[] {1, 0})).isCloseTo(0, within(1e-9));
        assertThat(read.distance(new float[] {1, 1})).isCloseTo(1 - Math.sqrt(0.5), within(1e-9));
        assertThat(read.distance(new float[] {-1, -1})).isCloseTo(1 + Math.sqrt(0.5), within(1e-9));
        assertThat(read.distance(new float[] {0, 0})).isEqualTo(2);
    }

    @Test
    void centroidsOfAnotherShapeOrThatAreNoNumbersAreRefused() {
        byte[] bytes =
                Centroids.mean(List.of(new float[] {1, 2}), List.of(0), 1).toBytes();
        assertThatThrownBy(() -> Centroids.load(bytes, 1, 3))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining("has shape [1, 2], [1, 3] is needed");
        byte[] broken = Centroids.mean(List.of(new float[] {1, Float.NaN}), List.of(0), 1)
                .toBytes();
        assertThatThrownBy(() -> Centroids.load(broken, 1, 2))
                .isInstanceOf(BadArtefactException.class)
                .hasMessage("centroids.safetensors holds NaN.");
    }
}
