package dev.picket.agent.read;

import dev.picket.agent.journal.Drop;
import dev.picket.agent.journal.Outcome;
import dev.picket.agent.journal.Verdict;
import dev.picket.inference.Decision;
import java.util.Set;

/**
 * When a task is asked of a reading: once another task of its source, which is asked before it, has answered so.
 *
 * <pre>
 * outcome of the other task           this task
 * ACCEPT, a label named here          asked
 * ACCEPT, any other label             not asked: the reading is not routed to it, has no outcome of it, and is counted
 * ESCALATE, FAILED                    asked: what the router is not sure of must not hide what this one would have seen
 * dropped, such as an empty text      asked, and dropped as well
 * not asked itself                    not asked
 * </pre>
 *
 * @param task the other
 * @param labels its answers
 */
public record Condition(String task, Set<String> labels) {
    public Condition {
        labels = Set.copyOf(labels);
    }

    boolean holds(Outcome outcome) {
        return switch (outcome) {
            case Verdict verdict ->
                switch (verdict.decision()) {
                    case Decision.Accept _ -> labels.contains(verdict.label());
                    case Decision.Escalate _, Decision.Failed _ -> true;
                };
            case Drop _ -> true;
        };
    }
}
