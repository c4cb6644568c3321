package dev.picket.models.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeadFitTest {
    private static final int WIDTH = 6;
    private static final int SPARSE = 4;
    private static final int LABELS = 3;

    private final Random random = new Random(9);
    private final List<float[]> dense = new ArrayList<>();
    private final List<int[]> places = new ArrayList<>();
    private final List<float[]> values = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();

    @Test
    void theSlopeIsThatOfTheLoss() {
        draw(40, 0.5);
        SoftmaxLoss loss = new SoftmaxLoss(features(), truth(), LABELS, 0.1);
        double[] at = random.doubles(LABELS * (WIDTH + SPARSE + 1), -1, 1).toArray();
        double[] slope = new double[at.length];
        double[] unused = new double[at.length];
        loss.at(at, slope);
        for (int i = 0; i < at.length; i++) {
            double[] above = at.clone();
            double[] below = at.clone();
            above[i] += 1e-5;
            below[i] -= 1e-5;
            assertThat(slope[i]).isCloseTo((loss.at(above, unused) - loss.at(below, unused)) / 2e-5, within(1e-6));
        }
    }

    @Test
    void whatTellsTheLabelsApartIsLearnedDenseAndSparseAndARareLabelIsNotForgotten() {
        draw(600, 0.02);
        Features train = features();
        int[] trainTruth = truth();
        clear();
        draw(300, 0.02);
        HeadChoice choice = new HeadChoice();
        new HeadFit(List.of(1.0, 0.01, 0.0001))
                .of(
                        train,
                        trainTruth,
                        features(),
                        truth(),
                        LABELS,
                        (l2, macroF1, loss, at) -> choice.offer(new HeadTraining.Tried(1, l2, macroF1, loss), at));
        assertThat(choice.taken().tried().macroF1()).isGreaterThan(0.95);
        assertThat(choice.tried()).extracting(HeadTraining.Tried::l2).containsExactly(1.0, 0.01, 0.0001);
    }

    @Test
    void theSameRowsGiveTheSameHead() {
        draw(100, 0.3);
        assertThat(fitted()).isEqualTo(fitted());
    }

    private List<List<Double>> fitted() {
        List<List<Double>> heads = new ArrayList<>();
        new HeadFit(List.of(0.1, 0.01))
                .of(
                        features(),
                        truth(),
                        features(),
                        truth(),
                        LABELS,
                        (_, _, _, at) -> heads.add(Arrays.stream(at).boxed().toList()));
        return heads;
    }

    @Test
    void ofHeadsThatChanceCanHardlyTellApartTheOneOfTheLeastLossIsTaken() {
        HeadChoice choice = new HeadChoice();
        double[][] told = {
            {0.80, 0.10},
            {0.890, 0.50},
            {0.884, 0.40},
            {0.879, 0.10},
            {0.885, 0.45},
            {0.886, 0.46},
            {0.887, 0.47},
            {0.8899, 0.49}
        };
        for (int i = 0; i < told.length; i++) {
            choice.offer(new HeadTraining.Tried(1, i, told[i][0], told[i][1]), new double[] {i});
        }
        assertThat(choice.taken().parameters()).containsExactly(2);
        assertThat(choice.taken().tried().loss()).isEqualTo(0.40);
        assertThat(choice.tried()).hasSize(told.length);
    }

    /** Label 1 shows in a dense feature, label 2 in a sparse one, label 0 in neither. */
    private void draw(int rows, double rare) {
        for (int i = 0; i < rows; i++) {
            int label = random.nextDouble() < rare ? 2 : random.nextInt(2);
            float[] x = new float[WIDTH];
            for (int j = 0; j < WIDTH; j++) {
                x[j] = (float) random.nextGaussian();
            }
            x[2] += label == 1 ? 5 : 0;
            dense.add(x);
            places.add(label == 2 ? new int[] {0, 3} : new int[] {1});
            values.add(label == 2 ? new float[] {1, 2} : new float[] {1});
            labels.add(label);
        }
    }

    private Features features() {
        return new Features(List.copyOf(dense), List.copyOf(places), List.copyOf(values), SPARSE);
    }

    private int[] truth() {
        return labels.stream().mapToInt(Integer::intValue).toArray();
    }

    private void clear() {
        dense.clear();
        places.clear();
        values.clear();
        labels.clear();
    }
}
