package dev.picket.models.attack;

import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.Decision;
import dev.picket.models.task.AttackedText;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Asks a task about each text as it was and as it was made, and counts by the kind of attack what became of the label. */
public final class AttackTrial {
    /** What is asked; on a desk the gateway's classifier. */
    @FunctionalInterface
    public interface Asked {
        Classification ask(String text) throws ClassificationException;
    }

    /**
     * Of one kind of attack.
     *
     * @param rows in all
     * @param refused the text, or what it was before, was refused with a reason
     * @param compared rows with a text from before that was answered, too
     * @param changed of those compared: another label than before
     * @param reached of those compared: the label that the attack asks for, which it did not have before
     * @param believed of those changed: accepted, so that nobody is asked; the others escalate
     */
    public record Count(int rows, int refused, int compared, int changed, int reached, int believed) {
        static final Count NONE = new Count(0, 0, 0, 0, 0, 0);

        Count plus(Count other) {
            return new Count(
                    rows + other.rows,
                    refused + other.refused,
                    compared + other.compared,
                    changed + other.changed,
                    reached + other.reached,
                    believed + other.believed);
        }
    }

    private AttackTrial() {}

    /**
     * Asks about all.
     *
     * @param done told of each row
     * @return by source, sorted
     */
    public static Map<String, Count> of(List<AttackedText> rows, Asked task, Runnable done) {
        Map<String, Count> counts = new TreeMap<>();
        for (AttackedText row : rows) {
            counts.merge(row.source(), count(row, task), Count::plus);
            done.run();
        }
        return counts;
    }

    private static Count count(AttackedText row, Asked task) {
        try {
            Classification now = task.ask(row.text());
            if (row.base() == null) {
                return new Count(1, 0, 0, 0, 0, 0);
            }
            String before = task.ask(row.base()).label();
            boolean changed = !now.label().equals(before);
            boolean reached = changed && now.label().equals(row.target());
            boolean believed = changed && now.decision() instanceof Decision.Accept;
            return new Count(1, 0, 1, changed ? 1 : 0, reached ? 1 : 0, believed ? 1 : 0);
        } catch (ClassificationException e) {
            return new Count(1, 1, 0, 0, 0, 0);
        }
    }
}
