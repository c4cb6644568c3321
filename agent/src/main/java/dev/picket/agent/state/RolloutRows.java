package dev.picket.agent.state;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Rollouts, by id:
 *
 * <pre>
 *   taken (revision, token) -> begun -> ended(state, reason, sentence)
 *         '---------------------------> ended: a higher revision opens it again, since nothing was begun
 * </pre>
 *
 * A bounded number: where there is no room, those that are over go first, the one that may be begun no longer for the
 * longest time before the others. It cannot come back as anything but timed out.
 */
public final class RolloutRows {
    /** What became of a revision. */
    public enum Taken {
        TAKEN,
        KNOWN,
        OLDER,
        NO_ROOM
    }

    private final StateFile file;

    RolloutRows(StateFile file) {
        this.file = file;
    }

    /** Takes a revision if it is higher than the one that is known; whether it is, is durable with it. */
    public Taken take(SavedRollout rollout, int most, Instant now) throws StateUnavailableException {
        return file.write(connection -> {
            long known = revision(connection, rollout.id());
            if (known >= rollout.revision()) {
                return known == rollout.revision() ? Taken.KNOWN : Taken.OLDER;
            }
            if (known < 0 && !makeRoom(connection, most, now)) {
                return Taken.NO_ROOM;
            }
            CommandRows.update(
                    connection,
                    "INSERT INTO rollout (id, revision, token, seq, not_after)"
                            + " VALUES (?, ?, ?, (SELECT coalesce(max(seq), 0) + 1 FROM rollout), ?)"
                            + " ON CONFLICT DO UPDATE SET revision = excluded.revision, token = excluded.token,"
                            + " not_after = excluded.not_after, state = CASE begun WHEN 1 THEN state END,"
                            + " reason = CASE begun WHEN 1 THEN reason ELSE '' END,"
                            + " sentence = CASE begun WHEN 1 THEN sentence ELSE '' END",
                    rollout.id(),
                    rollout.revision(),
                    rollout.token(),
                    rollout.notAfter().toEpochMilli());
            return Taken.TAKEN;
        });
    }

    /** Saves that it is handed to the update flow, or that nothing came of that and it waits again. */
    public void begun(String id, boolean begun) throws StateUnavailableException {
        file.update("UPDATE rollout SET begun = ? WHERE id = ? AND state IS NULL", begun ? 1 : 0, id);
    }

    /** Saves how it ended; the first end stands. */
    public void ended(String id, SavedRollout.End end) throws StateUnavailableException {
        file.update(
                "UPDATE rollout SET state = ?, reason = ?, sentence = ? WHERE id = ? AND state IS NULL",
                end.state(),
                end.reason(),
                end.sentence(),
                id);
    }

    /** All, in the order in which they were first taken. */
    public List<SavedRollout> all() throws StateUnavailableException {
        return file.read(connection -> {
            List<SavedRollout> all = new ArrayList<>();
            try (PreparedStatement query = connection.prepareStatement(
                            "SELECT id, revision, token, not_after, begun, state, reason, sentence"
                                    + " FROM rollout ORDER BY seq");
                    ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    all.add(saved(rows));
                }
            }
            return all;
        });
    }

    private static boolean makeRoom(Connection connection, int most, Instant now) throws SQLException {
        if (count(connection) < most) {
            return true;
        }
        CommandRows.update(
                connection,
                "DELETE FROM rollout WHERE id IN (SELECT id FROM rollout WHERE not_after <= ?"
                        + " AND (begun = 0 OR state IS NOT NULL) ORDER BY not_after, id LIMIT 1)",
                now.toEpochMilli());
        return count(connection) < most;
    }

    private static int count(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT count(*) FROM rollout");
                ResultSet rows = query.executeQuery()) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static long revision(Connection connection, String id) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT revision FROM rollout WHERE id = ?")) {
            query.setString(1, id);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? rows.getLong(1) : -1;
            }
        }
    }

    private static SavedRollout saved(ResultSet row) throws SQLException {
        String state = row.getString(6);
        return new SavedRollout(
                row.getString(1),
                row.getLong(2),
                row.getBytes(3),
                Instant.ofEpochMilli(row.getLong(4)),
                row.getInt(5) == 1,
                state == null ? null : new SavedRollout.End(state, row.getString(7), row.getString(8)));
    }
}
