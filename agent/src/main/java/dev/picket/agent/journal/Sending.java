package dev.picket.agent.journal;

import dev.picket.inference.Priority;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What moves a line's mark: rows that the fleet has, and rows that it never gets. Inside one transaction. */
final class Sending {
    private record Sum(long rows, long bytes) {}

    private final Prepared prepared;
    private final Lines lines;

    Sending(Prepared prepared) {
        this.prepared = prepared;
        this.lines = new Lines(prepared);
    }

    void markSent(Map<Priority, Long> through) throws SQLException {
        for (Map.Entry<Priority, Long> each : through.entrySet()) {
            Line line = lines.of(each.getKey());
            long seq = Math.min(each.getValue(), line.last());
            if (seq > line.acked()) {
                Sum marked = sum(line.priority(), line.acked() + 1, seq);
                lines.set(line.without(marked.rows(), marked.bytes(), lines.acked(line, seq)));
            }
        }
    }

    /**
     * Deletes unsent rows and notes the gap; sent ones stay. Answers how many went.
     *
     * @param keeping k: rows whose seq k divides stay; null: all go
     */
    long drop(Priority priority, long from, long to, String reason, @Nullable Integer keeping) throws SQLException {
        Line line = lines.of(priority);
        long first = Math.max(from, line.acked() + 1);
        long last = Math.min(to, line.last());
        if (first > last) {
            return 0;
        }
        Sum all = sum(priority, first, last);
        Sum kept = keeping == null ? new Sum(0, 0) : sumDivisible(priority, first, last, keeping);
        long rows = all.rows() - kept.rows();
        if (rows == 0) {
            return 0;
        }
        delete(priority, first, last, keeping);
        note(priority, first, last, reason, keeping);
        new Counters(prepared).add(Counters.DROP, reason, rows);
        lines.set(line.without(rows, all.bytes() - kept.bytes(), lines.acked(line, line.acked())));
        return rows;
    }

    /** A row that was never laid down, because it has no place: its seq is a gap from the beginning. */
    void lost(Priority priority, long seq, String reason) throws SQLException {
        note(priority, seq, seq, reason, null);
        new Counters(prepared).add(Counters.DROP, reason, 1);
    }

    List<Gap> gaps(String epoch, int max) throws SQLException {
        PreparedStatement query =
                prepared.get("SELECT id, rank, first, last, reason, keeping, ifnull(epoch, ?) FROM gap"
                        + " ORDER BY rank, first, id LIMIT ?");
        query.setString(1, epoch);
        query.setInt(2, max);
        List<Gap> gaps = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                int keeping = rows.getInt(6);
                gaps.add(new Gap(
                        rows.getLong(1),
                        rows.getString(7),
                        Ids.priority(rows.getInt(2)),
                        rows.getLong(3),
                        rows.getLong(4),
                        rows.getString(5),
                        keeping == 0 ? null : keeping));
            }
        }
        return gaps;
    }

    /** Forgets gaps that were told; one that has grown since stays, and is told again as it is now. */
    void told(Collection<Gap> gaps) throws SQLException {
        for (Gap gap : gaps) {
            PreparedStatement delete =
                    prepared.get("DELETE FROM gap WHERE id = ? AND rank = ? AND first = ? AND last = ? AND reason = ?");
            delete.setLong(1, gap.row());
            delete.setInt(2, Ids.rank(gap.priority()));
            delete.setLong(3, gap.from());
            delete.setLong(4, gap.to());
            delete.setString(5, gap.reason());
            delete.executeUpdate();
        }
    }

    /** Alone, or as one with the gap of the same kind that it touches. */
    private void note(Priority priority, long first, long last, String reason, @Nullable Integer keeping)
            throws SQLException {
        PreparedStatement merge = prepared.get("UPDATE gap SET first = min(first, ?), last = max(last, ?) WHERE id ="
                + " (SELECT id FROM gap WHERE epoch IS NULL AND rank = ? AND reason = ? AND keeping IS ? AND first <= ? AND last >= ?"
                + " ORDER BY id LIMIT 1)");
        merge.setLong(1, first);
        merge.setLong(2, last);
        merge.setInt(3, Ids.rank(priority));
        merge.setString(4, reason);
        setKeeping(merge, 5, keeping);
        merge.setLong(6, last + 1);
        merge.setLong(7, first - 1);
        if (merge.executeUpdate() > 0) {
            return;
        }
        PreparedStatement insert =
                prepared.get("INSERT INTO gap (rank, first, last, reason, keeping) VALUES (?, ?, ?, ?, ?)");
        insert.setInt(1, Ids.rank(priority));
        insert.setLong(2, first);
        insert.setLong(3, last);
        insert.setString(4, reason);
        setKeeping(insert, 5, keeping);
        insert.executeUpdate();
    }

    private void delete(Priority priority, long first, long last, @Nullable Integer keeping) throws SQLException {
        if (keeping != null) {
            // Taken out and laid down again: pages that lose half of their rows are neither freed nor filled up.
            prepared.get("CREATE TEMP TABLE IF NOT EXISTS kept AS SELECT * FROM verdict WHERE 0")
                    .executeUpdate();
            prepared.get("DELETE FROM temp.kept").executeUpdate();
            stretch(
                    "INSERT INTO temp.kept SELECT * FROM verdict WHERE id >= ? AND id <= ?" + divisible(keeping),
                    priority,
                    first,
                    last);
        }
        stretch("DELETE FROM verdict WHERE id >= ? AND id <= ?", priority, first, last);
        if (keeping != null) {
            prepared.get("INSERT INTO verdict SELECT * FROM temp.kept ORDER BY id")
                    .executeUpdate();
        }
    }

    private void stretch(String sql, Priority priority, long first, long last) throws SQLException {
        PreparedStatement update = prepared.get(sql);
        update.setLong(1, Ids.row(priority, first));
        update.setLong(2, Ids.row(priority, last));
        update.executeUpdate();
    }

    private static String divisible(int keeping) {
        return " AND (id & " + Ids.LAST_SEQ + ") % " + keeping + " = 0";
    }

    private Sum sum(Priority priority, long first, long last) throws SQLException {
        PreparedStatement query =
                prepared.get("SELECT count(*), coalesce(sum(bytes), 0) FROM verdict WHERE id >= ? AND id <= ?");
        return sum(query, priority, first, last);
    }

    private Sum sumDivisible(Priority priority, long first, long last, int divisor) throws SQLException {
        PreparedStatement query = prepared.get("SELECT count(*), coalesce(sum(bytes), 0) FROM verdict"
                + " WHERE id >= ? AND id <= ?" + divisible(divisor));
        return sum(query, priority, first, last);
    }

    private static Sum sum(PreparedStatement query, Priority priority, long first, long last) throws SQLException {
        query.setLong(1, Ids.row(priority, first));
        query.setLong(2, Ids.row(priority, last));
        try (ResultSet rows = query.executeQuery()) {
            rows.next();
            return new Sum(rows.getLong(1), rows.getLong(2));
        }
    }

    private static void setKeeping(PreparedStatement statement, int index, @Nullable Integer keeping)
            throws SQLException {
        if (keeping == null) {
            statement.setNull(index, Types.INTEGER);
        } else {
            statement.setInt(index, keeping);
        }
    }
}
