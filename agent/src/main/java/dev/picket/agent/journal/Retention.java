package dev.picket.agent.journal;

import dev.picket.agent.config.PrioritiesConfig;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Takes out what is past its time, a bounded number of rows in each transaction. */
final class Retention {
    /** One of 1,000 rows is quick enough not to be felt by a commit that waits for it. */
    static final int ROWS_PER_TRANSACTION = 1_000;

    private static final int OLDEST_AT_ONCE = 64;

    private static final String EXPIRED = "expired";

    private record Stretch(long lastRow, int rows) {}

    private final Prepared prepared;
    private final Lines lines;

    Retention(Prepared prepared) {
        this.prepared = prepared;
        this.lines = new Lines(prepared);
    }

    /** Erases the texts of the oldest rows of that stamp or an earlier one; answers how many rows it went through. */
    int eraseTexts(long lastStamp) throws SQLException {
        int rows = 0;
        for (Line line : lines.inOrder()) {
            long after = Ids.row(line.priority(), line.erased());
            Stretch old = old(after, Ids.row(line.priority(), line.last()), lastStamp);
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

    /** Deletes the oldest sent rows of that stamp or an earlier one; answers how many. */
    int deleteSent(long lastStamp) throws SQLException {
        int rows = 0;
        for (Line line : lines.inOrder()) {
            long after = Ids.row(line.priority(), 0);
            Stretch old = old(after, Ids.row(line.priority(), line.acked()), lastStamp);
            if (old.rows() > 0) {
                PreparedStatement delete = prepared.get("DELETE FROM verdict WHERE id > ? AND id <= ?");
                delete.setLong(1, after);
                delete.setLong(2, old.lastRow());
                rows += delete.executeUpdate();
            }
        }
        return rows;
    }

    /** Deletes some of the oldest sent rows of the line that has the oldest; answers how many. */
    int deleteOldestSent() throws SQLException {
        long oldestStamp = Long.MAX_VALUE;
        int deleted = 0;
        Line oldest = null;
        for (Line line : lines.inOrder()) {
            PreparedStatement query = prepared.get("SELECT stamp FROM verdict WHERE id > ? AND id <= ? LIMIT 1");
            query.setLong(1, Ids.row(line.priority(), 0));
            query.setLong(2, Ids.row(line.priority(), line.acked()));
            try (ResultSet rows = query.executeQuery()) {
                if (rows.next() && rows.getLong(1) < oldestStamp) {
                    oldestStamp = rows.getLong(1);
                    oldest = line;
                }
            }
        }
        if (oldest != null) {
            PreparedStatement delete = prepared.get("DELETE FROM verdict WHERE id IN"
                    + " (SELECT id FROM verdict WHERE id > ? AND id <= ? ORDER BY id LIMIT " + OLDEST_AT_ONCE + ")");
            delete.setLong(1, Ids.row(oldest.priority(), 0));
            delete.setLong(2, Ids.row(oldest.priority(), oldest.acked()));
            deleted = delete.executeUpdate();
        }
        return deleted;
    }

    /** Makes gaps of the oldest unsent rows that are not worth sending any more; answers how many went. */
    long expire(PrioritiesConfig priorities, Age age) throws SQLException {
        long rows = 0;
        for (Line line : lines.inOrder()) {
            if (line.unsent() > 0) {
                long lastStamp = age.lastOf(priorities.of(line.priority()).ttl());
                long after = Ids.row(line.priority(), line.acked());
                Stretch old = old(after, Ids.row(line.priority(), line.last()), lastStamp);
                if (old.rows() > 0) {
                    rows += new Sending(prepared)
                            .drop(line.priority(), line.acked() + 1, Ids.seq(old.lastRow()), EXPIRED, null);
                }
            }
        }
        return rows;
    }

    /** The beginning of what lies there of that stamp or an earlier one. */
    private Stretch old(long after, long through, long lastStamp) throws SQLException {
        PreparedStatement query =
                prepared.get("SELECT id, stamp FROM verdict WHERE id > ? AND id <= ? ORDER BY id LIMIT ?");
        query.setLong(1, after);
        query.setLong(2, through);
        query.setInt(3, ROWS_PER_TRANSACTION);
        Stretch old = new Stretch(after, 0);
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next() && rows.getLong(2) <= lastStamp) {
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
