package dev.picket.agent.journal;

import dev.picket.inference.Priority;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;

/**
 * How much lies in the journal.
 *
 * @param unsent rows that the fleet has not acknowledged, for every priority
 * @param ackedThrough the seq through which all are acknowledged, for every priority; 0 where none is
 * @param dropsByReason readings that got no verdict by a rule, and rows that were dropped unsent, since the journal was
 *     made
 * @param heldBytes what is in use of the file
 * @param quotaBytes what it may grow to with its -wal
 */
public record Depth(
        Map<Priority, Long> unsent,
        Map<Priority, Long> ackedThrough,
        Map<String, Long> dropsByReason,
        long heldBytes,
        long quotaBytes) {
    /** Of a journal that cannot be asked. */
    public static final Depth UNKNOWN = new Depth(Map.of(), Map.of(), Map.of(), 0, 0);

    public Depth {
        unsent = Map.copyOf(unsent);
        ackedThrough = Map.copyOf(ackedThrough);
        dropsByReason = Map.copyOf(dropsByReason);
    }

    static Depth of(Prepared prepared, long quotaBytes) throws SQLException {
        Map<Priority, Long> unsent = new EnumMap<>(Priority.class);
        Map<Priority, Long> acked = new EnumMap<>(Priority.class);
        for (Line line : new Lines(prepared).inOrder()) {
            unsent.put(line.priority(), line.unsent());
            acked.put(line.priority(), line.acked());
        }
        return new Depth(
                unsent,
                acked,
                new Counters(prepared).all(Counters.DROP),
                Quota.used(prepared) * Room.PAGE_BYTES,
                quotaBytes);
    }

    /** All unsent rows. */
    public long total() {
        return unsent.values().stream().mapToLong(Long::longValue).sum();
    }
}
