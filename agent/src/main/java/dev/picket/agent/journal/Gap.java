package dev.picket.agent.journal;

import dev.picket.inference.Priority;
import org.jspecify.annotations.Nullable;

/**
 * Unsent rows that were dropped, so that a seq that never comes is no loss unexplained.
 *
 * @param row its own
 * @param from the first seq
 * @param to the last
 * @param reason {@code expired}, {@code quota}, {@code thinned}, {@code too-large}, {@code damaged}
 * @param keeping k: only the seqs not divisible by k are gone; null: all are
 */
public record Gap(
        long row,
        String epoch,
        Priority priority,
        long from,
        long to,
        String reason,
        @Nullable Integer keeping) {
    /** The event's id: another one once the gap has grown, so that it is told again. */
    public String id() {
        return epoch + "-" + priority.wireName() + "-" + from + ".." + to + (keeping == null ? "" : "/" + keeping);
    }
}
