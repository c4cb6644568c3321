package dev.picket.agent.journal;

import dev.picket.agent.config.PrioritiesConfig;
import dev.picket.inference.Priority;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads rows a page at a time: each by a walk along the table, however many lie before and behind. */
final class Pages {
    private static final String BETWEEN = VerdictRows.SELECT + "WHERE id > ? AND id <= ? ORDER BY id LIMIT ?";
    private static final String NEWEST = VerdictRows.SELECT + "WHERE id >= ? AND id <= ? ORDER BY id DESC LIMIT ?";

    private final Prepared prepared;
    private final Interned interned;
    private final String epoch;
    private final PrioritiesConfig priorities;
    private final Age age;

    Pages(Prepared prepared, Interned interned, String epoch, PrioritiesConfig priorities, Age age) {
        this.prepared = prepared;
        this.interned = interned;
        this.epoch = epoch;
        this.priorities = priorities;
        this.age = age;
    }

    /**
     * @param rows those that are worth sending
     * @param expired whether one that is not lies before others, and must become a gap before these come
     */
    record Pending(List<PendingVerdict> rows, boolean expired) {}

    Pending pending(int max, Map<Priority, Long> after) throws SQLException {
        List<PendingVerdict> found = new ArrayList<>();
        boolean expired = false;
        for (Line line : new Lines(prepared).inOrder()) {
            long from = Math.max(line.acked(), after.getOrDefault(line.priority(), 0L));
            if (from < line.last() && found.size() < max) {
                int before = found.size();
                between(line.priority(), from, line.last(), max - before, found);
                // Stamps never fall within a line, so those that are past their time come first.
                if (found.size() > before && isPast(found.get(before))) {
                    found.subList(before, found.size()).clear();
                    expired = true;
                }
            }
        }
        return new Pending(found, expired);
    }

    private static boolean isPast(PendingVerdict row) {
        return row.lifeLeft().isNegative() || row.lifeLeft().isZero();
    }

    List<PendingVerdict> held(Priority priority, long from, long to, int max) throws SQLException {
        List<PendingVerdict> found = new ArrayList<>();
        between(priority, from - 1, to, max, found);
        return found;
    }

    Optional<PendingVerdict> find(Priority priority, long seq) throws SQLException {
        return seq < 1 || seq > Ids.LAST_SEQ
                ? Optional.empty()
                : held(priority, seq, seq, 1).stream().findFirst();
    }

    List<PendingVerdict> latest(int max) throws SQLException {
        List<PendingVerdict> found = new ArrayList<>();
        PreparedStatement query = prepared.get(NEWEST);
        for (Priority priority : Priority.values()) {
            query.setLong(1, Ids.row(priority, 0));
            query.setLong(2, Ids.row(priority, Ids.LAST_SEQ));
            query.setInt(3, max);
            collect(query, priority, found);
        }
        found.sort(Comparator.comparing(PendingVerdict::writtenAt).reversed());
        return List.copyOf(found.subList(0, Math.min(max, found.size())));
    }

    private void between(Priority priority, long after, long through, int max, List<PendingVerdict> into)
            throws SQLException {
        PreparedStatement query = prepared.get(BETWEEN);
        query.setLong(1, Ids.row(priority, after));
        query.setLong(2, Ids.row(priority, through));
        query.setInt(3, max);
        collect(query, priority, into);
    }

    private void collect(PreparedStatement query, Priority priority, List<PendingVerdict> into) throws SQLException {
        Duration ttl = priorities.of(priority).ttl();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                Duration lifeLeft = ttl.minus(age.of(rows.getLong(2)));
                into.add(VerdictRows.read(rows, epoch, lifeLeft, interned));
            }
        }
    }
}
