package dev.picket.models.head;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which of the heads that were tried is taken: of those whose macro-F1 chance can hardly tell from the best one's, the one with the least loss.
 * A few hundred rows move macro-F1 by more than that when a handful of them change, and the loss also says how far answers can be believed.
 */
final class HeadChoice {
    private static final double SAME = 0.01;

    private final List<HeadTraining.Tried> tried = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();

    private double best = Double.NEGATIVE_INFINITY;

    /** One that may still be taken. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Held(HeadTraining.Tried tried, double[] parameters) {}

    void offer(HeadTraining.Tried next, double[] parameters) {
        tried.add(next);
        best = Math.max(best, next.macroF1());
        if (held.stream().noneMatch(each -> beats(each.tried(), next))) {
            held.removeIf(each -> beats(next, each.tried()));
            held.add(new Held(next, parameters.clone()));
        }
    }

    /** At least as good in both: the other can never be taken. */
    private static boolean beats(HeadTraining.Tried one, HeadTraining.Tried other) {
        return one.macroF1() >= other.macroF1() && one.loss() <= other.loss();
    }

    /** The one that is taken. */
    Held taken() {
        return held.stream()
                .filter(each -> each.tried().macroF1() >= best - SAME)
                .min(Comparator.comparingDouble(each -> each.tried().loss()))
                .orElseThrow();
    }

    /** All of them, in the order in which they came. */
    List<HeadTraining.Tried> tried() {
        return List.copyOf(tried);
    }
}
