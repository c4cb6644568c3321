package dev.picket.agent.rows;

import dev.picket.agent.journal.Verdict;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which rows are wanted; null: any.
 *
 * @param decision {@code ACCEPT}, {@code ESCALATE} or {@code FAILED}, whatever its reason
 * @param from the first instant at which a text was read
 * @param to the first that is too late
 */
public record RowFilter(
        @Nullable String source,
        @Nullable String decision,
        @Nullable Instant from,
        @Nullable Instant to) {
    public static final RowFilter ALL = new RowFilter(null, null, null, null);

    boolean wants(Verdict verdict) {
        return (source == null || source.equals(verdict.source()))
                && (decision == null || verdict.decision().wireName().startsWith(decision))
                && (from == null || !verdict.at().isBefore(from))
                && (to == null || verdict.at().isBefore(to));
    }
}
