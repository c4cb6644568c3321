package dev.picket.agent.journal;

import dev.picket.inference.Priority;
import java.util.Map;

/**
 * How much lies in the journal.
 *
 * @param unsent rows that the fleet has not acknowledged, for every priority
 * @param ackedThrough the seq through which all are acknowledged, for every priority; 0 where none is
 * @param dropsByReason readings that got no verdict by a rule, since the journal was made
 */
public record Depth(Map<Priority, Long> unsent, Map<Priority, Long> ackedThrough, Map<String, Long> dropsByReason) {
    public Depth {
        unsent = Map.copyOf(unsent);
        ackedThrough = Map.copyOf(ackedThrough);
        dropsByReason = Map.copyOf(dropsByReason);
    }

    /** All unsent rows. */
    public long total() {
        return unsent.values().stream().mapToLong(Long::longValue).sum();
    }
}
