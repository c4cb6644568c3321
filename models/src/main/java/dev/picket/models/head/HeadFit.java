package dev.picket.models.head;

import dev.picket.inference.exam.Metrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Fits heads of falling L2, each from where the one before ended. */
final class HeadFit {
    private static final int MAX_STEPS = 150;
    private static final double TOLERANCE = 1e-6;

    private final List<Double> strengths;

    /** @param strengths of L2 to try */
    HeadFit(List<Double> strengths) {
        this.strengths =
                strengths.stream().sorted((a, b) -> Double.compare(b, a)).toList();
    }

    /** Takes each head that was fitted. */
    interface Sink {
        /**
         * @param l2 that it was fitted with
         * @param macroF1 on the rows to choose by
         * @param loss mean negative log likelihood on the same
         * @param parameters not to be changed
         */
        void take(double l2, double macroF1, double loss, double[] parameters);
    }

    /** Fits on the one rows and asks each head about the others. */
    void of(Features train, int[] trainTruth, Features dev, int[] devTruth, int labels, Sink sink) {
        Lbfgs descent = new Lbfgs(MAX_STEPS, TOLERANCE);
        double[] at = new double[labels * train.parameters()];
        for (double l2 : strengths) {
            at = descent.minimum(new SoftmaxLoss(train, trainTruth, labels, l2), at);
            judge(l2, dev, devTruth, labels, at, sink);
        }
    }

    private static void judge(double l2, Features dev, int[] truth, int labels, double[] at, Sink sink) {
        List<List<Double>> probabilities = new ArrayList<>();
        double loss = 0;
        double[] p = new double[labels];
        for (int row = 0; row < truth.length; row++) {
            SoftmaxLoss.probabilities(dev, row, at, p);
            probabilities.add(Arrays.stream(p).boxed().toList());
            loss -= Math.log(Math.max(1e-300, p[truth[row]]));
        }
        Metrics metrics = Metrics.of(labels, Arrays.stream(truth).boxed().toList(), probabilities);
        sink.take(l2, metrics.macroF1(1), loss / truth.length, at);
    }
}
