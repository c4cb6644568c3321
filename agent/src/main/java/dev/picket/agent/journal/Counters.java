package dev.picket.agent.journal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts by kind and name, changed in the same transaction as what they count. */
final class Counters {
    /** Readings that got no verdict, and rows that were dropped unsent, by reason. */
    static final String DROP = "drop";

    private final Prepared prepared;

    Counters(Prepared prepared) {
        this.prepared = prepared;
    }

    long get(String kind, String name) throws SQLException {
        PreparedStatement query = prepared.get("SELECT value FROM counter WHERE kind = ? AND name = ?");
        query.setString(1, kind);
        query.setString(2, name);
        try (ResultSet rows = query.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    void add(String kind, String name, long value) throws SQLException {
        upsert(
                "INSERT INTO counter (kind, name, value) VALUES (?, ?, ?)"
                        + " ON CONFLICT DO UPDATE SET value = value + excluded.value",
                kind,
                name,
                value);
    }

    Map<String, Long> all(String kind) throws SQLException {
        PreparedStatement query = prepared.get("SELECT name, value FROM counter WHERE kind = ? ORDER BY name");
        query.setString(1, kind);
        Map<String, Long> values = new LinkedHashMap<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                values.put(rows.getString(1), rows.getLong(2));
            }
        }
        return values;
    }

    private void upsert(String sql, String kind, String name, long value) throws SQLException {
        PreparedStatement update = prepared.get(sql);
        update.setString(1, kind);
        update.setString(2, name);
        update.setLong(3, value);
        update.executeUpdate();
    }
}
