package dev.picket.models.head;

import dev.picket.inference.exam.Metrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Fits heads of falling L2, each from where the one before ended, and keeps the one of the best macro-F1 on the rows to choose by; of equals the
 * one with the less loss there.
 */
final class HeadFit {
    private static final int MAX_STEPS = 150;
    private static final double TOLERANCE = 1e-6;

    private final List<Double> strengths;

    /** @param strengths of L2 to try */
    HeadFit(List<Double> strengths) {
        this.strengths =
                strengths.stream().sorted((a, b) -> Double.compare(b, a)).toList();
    }

    /** What one L2 gave on the rows to choose by. */
    record Tried(double l2, double macroF1, double loss) {}

    /** The chosen parameters, and all that was tried. */
    static final class Chosen {
        private final double[] parameters;
        private final Tried best;
        private final List<Tried> tried;

        Chosen(double[] parameters, Tried best, List<Tried> tried) {
            this.parameters = parameters;
            this.best = best;
            this.tried = List.copyOf(tried);
        }

        double[] parameters() {
            return parameters;
        }

        Tried best() {
            return best;
        }

        List<Tried> tried() {
            return tried;
        }
    }

    /** @param done told of each L2 */
    Chosen of(Features train, int[] trainTruth, Features dev, int[] devTruth, int labels, Runnable done) {
        Lbfgs descent = new Lbfgs(MAX_STEPS, TOLERANCE);
        double[] at = new double[labels * train.parameters()];
        double[] chosen = at;
        Tried best = null;
        List<Tried> tried = new ArrayList<>();
        for (double l2 : strengths) {
            at = descent.minimum(new SoftmaxLoss(train, trainTruth, labels, l2), at);
            Tried here = judged(l2, dev, devTruth, labels, at);
            tried.add(here);
            if (best == null
                    || here.macroF1() > best.macroF1()
                    || (here.macroF1() == best.macroF1() && here.loss() < best.loss())) {
                best = here;
                chosen = at;
            }
            done.run();
        }
        if (best == null) {
            throw new IllegalArgumentException("No L2 to try");
        }
        return new Chosen(chosen, best, tried);
    }

    private static Tried judged(double l2, Features dev, int[] truth, int labels, double[] at) {
        List<List<Double>> probabilities = new ArrayList<>();
        double loss = 0;
        double[] p = new double[labels];
        for (int row = 0; row < truth.length; row++) {
            SoftmaxLoss.probabilities(dev, row, at, p);
            probabilities.add(Arrays.stream(p).boxed().toList());
            loss -= Math.log(Math.max(1e-300, p[truth[row]]));
        }
        Metrics metrics = Metrics.of(labels, Arrays.stream(truth).boxed().toList(), probabilities);
        return new Tried(l2, metrics.macroF1(1), loss / truth.length);
    }
}
