package dev.picket.agent.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Takes out what is past its time, a bounded number of rows in each transaction. */
final class Retention {
    /** One of 1,000 rows is quick enough not to be felt by a commit that waits for it. */
    static final int ROWS_PER_TRANSACTION = 1_000;

    private final Connection connection;
    private final Prepared prepared;
    private final int keepRows;

    Retention(Connection connection, Prepared prepared, int keepRows) {
        this.connection = connection;
        this.prepared = prepared;
        this.keepRows = keepRows;
    }

    /** Erases the texts of the oldest rows written before that; answers how many rows it went through. */
    int eraseTexts(long beforeMillis) throws SQLException {
        Counters counters = new Counters(prepared);
        long erased = counters.get(Counters.ERASED, "");
        long through = erased;
        int rows = 0;
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT id, written_at FROM verdict WHERE id > ? ORDER BY id LIMIT " + ROWS_PER_TRANSACTION)) {
            query.setLong(1, erased);
            try (ResultSet found = query.executeQuery()) {
                while (found.next() && found.getLong(2) < beforeMillis) {
                    through = found.getLong(1);
                    rows++;
                }
            }
        }
        if (rows > 0) {
            update("UPDATE verdict SET text = NULL WHERE id > ? AND id <= ?", erased, through);
            counters.set(Counters.ERASED, "", through);
        }
        return rows;
    }

    /** Deletes the oldest sent rows written before that, but for the newest ones; answers how many. */
    int deleteSent(long beforeMillis) throws SQLException {
        int deleted = update("""
                DELETE FROM verdict WHERE id IN (SELECT id FROM verdict WHERE sent = 1 AND written_at < ?
                  AND id <= (SELECT max(id) FROM verdict) - ? ORDER BY id LIMIT\s""" + ROWS_PER_TRANSACTION + ")", beforeMillis, keepRows);
        return deleted + update("""
                DELETE FROM dropped WHERE id IN (SELECT id FROM dropped WHERE written_at < ?
                  AND id <= (SELECT max(id) FROM dropped) - ? ORDER BY id LIMIT\s""" + ROWS_PER_TRANSACTION + ")", beforeMillis, keepRows);
    }

    private int update(String sql, long first, long second) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setLong(1, first);
            update.setLong(2, second);
            return update.executeUpdate();
        }
    }
}
