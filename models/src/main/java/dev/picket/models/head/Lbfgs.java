package dev.picket.models.head;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Limited-memory BFGS with backtracking (Nocedal and Wright 2006, "Numerical Optimization", algorithms 7.4 and 7.5): no chance, no step size to
 * choose, the same result each time.
 */
final class Lbfgs {
    private static final int MEMORY = 10;
    private static final int MAX_HALVINGS = 40;
    private static final double ENOUGH_DECREASE = 1e-4;

    private final int maxSteps;
    private final double tolerance;

    /**
     * @param maxSteps after which it stops in any case
     * @param tolerance of the loss's relative decrease in a step, below which it stops
     */
    Lbfgs(int maxSteps, double tolerance) {
        this.maxSteps = maxSteps;
        this.tolerance = tolerance;
    }

    /** A function to be made small. */
    interface Loss {
        /**
         * @param at where
         * @param slope filled with the gradient there
         * @return the value there
         */
        double at(double[] at, double[] slope);
    }

    /** A step that was taken: how far, and how the gradient changed by it. */
    private static final class Pair {
        private final double[] step;
        private final double[] change;
        private final double curvature;

        Pair(double[] step, double[] change, double curvature) {
            this.step = step;
            this.change = change;
            this.curvature = curvature;
        }
    }

    /** Walks down from a point; the point itself is not changed. */
    double[] minimum(Loss loss, double[] from) {
        double[] at = from.clone();
        double[] slope = new double[at.length];
        double value = loss.at(at, slope);
        Deque<Pair> pairs = new ArrayDeque<>();
        for (int step = 0; step < maxSteps; step++) {
            double[] direction = direction(slope, pairs);
            double descent = dot(direction, slope);
            if (descent >= 0) {
                return at;
            }
            double length = pairs.isEmpty() ? 1 / Math.max(1, Math.sqrt(dot(slope, slope))) : 1;
            double[] next = new double[at.length];
            double[] nextSlope = new double[at.length];
            double there = Double.POSITIVE_INFINITY;
            for (int halving = 0;
                    halving < MAX_HALVINGS && !(there <= value + ENOUGH_DECREASE * length * descent);
                    halving++) {
                length = halving == 0 ? length : length / 2;
                for (int i = 0; i < at.length; i++) {
                    next[i] = at[i] + length * direction[i];
                }
                there = loss.at(next, nextSlope);
            }
            if (!(there < value)) {
                return at;
            }
            remember(pairs, at, next, slope, nextSlope);
            boolean done = value - there <= tolerance * Math.max(1e-12, Math.abs(value));
            at = next;
            slope = nextSlope;
            value = there;
            if (done) {
                return at;
            }
        }
        return at;
    }

    private static void remember(Deque<Pair> pairs, double[] at, double[] next, double[] slope, double[] nextSlope) {
        double[] step = new double[at.length];
        double[] change = new double[at.length];
        for (int i = 0; i < at.length; i++) {
            step[i] = next[i] - at[i];
            change[i] = nextSlope[i] - slope[i];
        }
        double curvature = dot(step, change);
        if (curvature > 0) {
            pairs.addFirst(new Pair(step, change, curvature));
            if (pairs.size() > MEMORY) {
                pairs.removeLast();
            }
        }
    }

    /** The two loops of algorithm 7.4. */
    private static double[] direction(double[] slope, Deque<Pair> pairs) {
        double[] direction = new double[slope.length];
        for (int i = 0; i < slope.length; i++) {
            direction[i] = -slope[i];
        }
        double[] weights = new double[pairs.size()];
        int n = 0;
        for (Pair pair : pairs) {
            weights[n] = dot(pair.step, direction) / pair.curvature;
            addTo(direction, pair.change, -weights[n++]);
        }
        if (!pairs.isEmpty()) {
            Pair last = pairs.getFirst();
            double scale = last.curvature / dot(last.change, last.change);
            for (int i = 0; i < direction.length; i++) {
                direction[i] *= scale;
            }
        }
        for (Pair pair : (Iterable<Pair>) pairs::descendingIterator) {
            double weight = dot(pair.change, direction) / pair.curvature;
            addTo(direction, pair.step, weights[--n] - weight);
        }
        return direction;
    }

    private static void addTo(double[] to, double[] what, double times) {
        for (int i = 0; i < to.length; i++) {
            to[i] += times * what[i];
        }
    }

    static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int i = 0; i < left.length; i++) {
            sum += left[i] * right[i];
        }
        return sum;
    }
}
