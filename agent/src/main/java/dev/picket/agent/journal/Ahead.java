package dev.picket.agent.journal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The outcomes that were committed above their source's position: as many at most as readings may be in flight, times
 * their tasks. They alone can be read again after a crash, and then change nothing.
 */
final class Ahead {
    private record Key(String source, String reading, String task) {
        static Key of(Outcome outcome) {
            return new Key(outcome.source(), outcome.readingId(), outcome.task());
        }
    }

    /** After so many outcomes more of a source whatever schema 1 may have committed ahead has been read again. */
    private static final int OLD_ENDS_AFTER = 4_096;

    private static final String OLD_SEEN = "old";

    private final Prepared prepared;
    private final Set<Key> known = new HashSet<>();
    private boolean old;

    Ahead(Prepared prepared) throws SQLException {
        this.prepared = prepared;
        PreparedStatement query = prepared.get("SELECT source, reading, task, old FROM ahead");
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                known.add(new Key(rows.getString(1), rows.getString(2), rows.getString(3)));
                old |= rows.getInt(4) != 0;
            }
        }
    }

    boolean has(Outcome outcome) {
        return !known.isEmpty() && known.contains(Key.of(outcome));
    }

    void add(Outcome outcome) throws SQLException {
        PreparedStatement insert = prepared.get(
                "INSERT INTO ahead (source, reading, task, old) VALUES (?, ?, ?, 0) ON CONFLICT DO UPDATE SET old = 0");
        insert.setString(1, outcome.source());
        insert.setString(2, outcome.readingId());
        insert.setString(3, outcome.task());
        insert.executeUpdate();
    }

    /** The position passes it. */
    void passed(String source, String readingId) throws SQLException {
        PreparedStatement delete = prepared.get("DELETE FROM ahead WHERE source = ? AND reading = ?");
        delete.setString(1, source);
        delete.setString(2, readingId);
        delete.executeUpdate();
    }

    /** Forgets what schema 1 left of sources that are past it. */
    void age(Map<String, Integer> settled) throws SQLException {
        if (!old) {
            return;
        }
        Counters counters = new Counters(prepared);
        for (Map.Entry<String, Integer> source : settled.entrySet()) {
            counters.add(OLD_SEEN, source.getKey(), source.getValue());
            if (counters.get(OLD_SEEN, source.getKey()) > OLD_ENDS_AFTER) {
                PreparedStatement delete = prepared.get("DELETE FROM ahead WHERE source = ? AND old = 1");
                delete.setString(1, source.getKey());
                delete.executeUpdate();
            }
        }
    }
}
