package dev.picket.agent.journal;

import dev.picket.agent.sqlite.Damage;
import dev.picket.inference.Priority;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The table of lines: one row for each priority, changed in the same transaction as its verdicts. */
final class Lines {
    private final Prepared prepared;

    Lines(Prepared prepared) {
        this.prepared = prepared;
    }

    Map<Priority, Line> all() throws SQLException {
        PreparedStatement query =
                prepared.get("SELECT rank, last, acked, unsent, bytes, erased, stamp, thinned, keeping FROM line"
                        + " ORDER BY rank");
        Map<Priority, Line> lines = new EnumMap<>(Priority.class);
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                Priority priority = Ids.priority(rows.getInt(1));
                lines.put(
                        priority,
                        new Line(
                                priority,
                                rows.getLong(2),
                                rows.getLong(3),
                                rows.getLong(4),
                                rows.getLong(5),
                                rows.getLong(6),
                                rows.getLong(7),
                                rows.getLong(8),
                                rows.getInt(9)));
            }
        }
        return lines;
    }

    Line of(Priority priority) throws SQLException {
        Line line = all().get(priority);
        if (line == null) {
            throw Damage.found("The journal has no line for the priority " + priority.wireName() + ".");
        }
        return line;
    }

    /** Most urgent first. */
    List<Line> inOrder() throws SQLException {
        return new ArrayList<>(all().values());
    }

    void set(Line line) throws SQLException {
        PreparedStatement update =
                prepared.get("UPDATE line SET last = ?, acked = ?, unsent = ?, bytes = ?, erased = ?, stamp = ?,"
                        + " thinned = ?, keeping = ? WHERE rank = ?");
        update.setLong(1, line.last());
        update.setLong(2, line.acked());
        update.setLong(3, line.unsent());
        update.setLong(4, line.bytes());
        update.setLong(5, line.erased());
        update.setLong(6, line.stamp());
        update.setLong(7, line.thinned());
        update.setInt(8, line.keeping());
        update.setInt(9, Ids.rank(line.priority()));
        update.executeUpdate();
    }

    /** Through which seq nothing is owed, when no row up to that one is: what is missing behind it was dropped. */
    long acked(Line line, long through) throws SQLException {
        PreparedStatement query = prepared.get("SELECT min(id) FROM verdict WHERE id > ? AND id <= ?");
        query.setLong(1, Ids.row(line.priority(), through));
        query.setLong(2, Ids.row(line.priority(), line.last()));
        try (ResultSet rows = query.executeQuery()) {
            rows.next();
            long first = rows.getLong(1);
            return rows.wasNull() ? line.last() : Ids.seq(first) - 1;
        }
    }
}
