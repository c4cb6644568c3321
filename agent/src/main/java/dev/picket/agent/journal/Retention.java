package dev.picket.agent.journal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Takes out what is past its time, a bounded number of rows in each transaction. */
final class Retention {
    /** One of 1,000 rows is quick enough not to be felt by a commit that waits for it. */
    static final int ROWS_PER_TRANSACTION = 1_000;

    private record Stretch(long lastRow, int rows) {}

    private final Prepared prepared;
    private final Lines lines;

    Retention(Prepared prepared) {
        this.prepared = prepared;
        this.lines = new Lines(prepared);
    }

    /** Erases the texts of the oldest rows written before that; answers how many rows it went through. */
    int eraseTexts(long beforeMillis) throws SQLException {
        int rows = 0;
        for (Line line : lines.inOrder()) {
            long after = Ids.row(line.priority(), line.erased());
            Stretch old = old(after, Ids.row(line.priority(), line.last()), beforeMillis);
            if (old.rows() > 0) {
                long less = unsentTexts(Math.max(after, Ids.row(line.priority(), line.acked())), old.lastRow());
                PreparedStatement update =
                        prepared.get("UPDATE verdict SET bytes = bytes - octet_length(text), text = NULL"
                                + " WHERE id > ? AND id <= ? AND text IS NOT NULL");
                update.setLong(1, after);
                update.setLong(2, old.lastRow());
                update.executeUpdate();
                lines.set(line.erasedThrough(Ids.seq(old.lastRow()), less));
                rows += old.rows();
            }
        }
        return rows;
    }

    /** Deletes the oldest sent rows written before that; answers how many. */
    int deleteSent(long beforeMillis) throws SQLException {
        int rows = 0;
        for (Line line : lines.inOrder()) {
            long after = Ids.row(line.priority(), 0);
            Stretch old = old(after, Ids.row(line.priority(), line.acked()), beforeMillis);
            if (old.rows() > 0) {
                PreparedStatement delete = prepared.get("DELETE FROM verdict WHERE id > ? AND id <= ?");
                delete.setLong(1, after);
                delete.setLong(2, old.lastRow());
                rows += delete.executeUpdate();
            }
        }
        return rows;
    }

    /** The beginning of what lies there that was written before that. */
    private Stretch old(long after, long through, long beforeMillis) throws SQLException {
        PreparedStatement query =
                prepared.get("SELECT id, written_at FROM verdict WHERE id > ? AND id <= ? ORDER BY id LIMIT ?");
        query.setLong(1, after);
        query.setLong(2, through);
        query.setInt(3, ROWS_PER_TRANSACTION);
        Stretch old = new Stretch(after, 0);
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next() && rows.getLong(2) < beforeMillis) {
                old = new Stretch(rows.getLong(1), old.rows() + 1);
            }
        }
        return old;
    }

    private long unsentTexts(long after, long through) throws SQLException {
        PreparedStatement query = prepared.get("SELECT coalesce(sum(octet_length(text)), 0) FROM verdict"
                + " WHERE id > ? AND id <= ? AND text IS NOT NULL");
        query.setLong(1, after);
        query.setLong(2, through);
        try (ResultSet rows = query.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
