package dev.picket.agent.state;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Commands and the tokens that ordered them.
 *
 * <pre>
 *   (response topic, correlation data) -> RECEIVED -> STARTED -> DONE(status, reply, untold) -> told -> expired, gone
 *   (key, jti) -> taken by that command, until the token expires
 * </pre>
 */
public final class CommandRows {
    static final String FORGOTTEN_THROUGH = "tokens-forgotten-through";
    private static final int RECEIVED = 0;
    private static final int STARTED = 1;
    private static final int DONE = 2;

    private final StateFile file;
    private final Limits limits;

    CommandRows(StateFile file, Limits limits) {
        this.file = file;
        this.limits = limits;
    }

    /** The replies of a command that was answered; empty while there is none. */
    public Optional<Replied> answered(CommandKey key) throws StateUnavailableException {
        return file.read(connection -> {
            Row row = find(connection, key);
            if (row == null || !(row.standing instanceof Standing.Done done)) {
                return Optional.empty();
            }
            return Optional.of(new Replied(done, row.job == null ? null : end(connection, key, row.job)));
        });
    }

    /**
     * Notes a delivery, and answers how far the command had come before it. What is noted of the token is durable with it.
     *
     * @param token null for a command that needs none
     */
    public Standing receive(CommandKey key, String verb, Instant expiresAt, @Nullable Token token)
            throws StateUnavailableException {
        return file.write(connection -> {
            Row known = find(connection, key);
            if (known != null && known.standing instanceof Standing.Done done) {
                return done;
            }
            if (token != null) {
                Standing refused = take(connection, key, token);
                if (refused != null) {
                    return refused;
                }
            }
            if (known != null) {
                return known.standing;
            }
            if (token == null && count(connection, "command WHERE signed = 0") >= limits.unsigned()) {
                return new Standing.NoRoom(limits.unsigned(), "unsigned commands");
            }
            if (count(connection, "command") + count(connection, "job") >= limits.commands()) {
                if (token != null) {
                    update(connection, "DELETE FROM token WHERE key_id = ? AND id = ?", token.keyId(), token.id());
                }
                return new Standing.NoRoom(limits.commands(), "commands");
            }
            update(
                    connection,
                    "INSERT INTO command (response_topic, correlation, verb, step, expires_at, signed)"
                            + " VALUES (?, ?, ?, ?, ?, ?)",
                    key.responseTopic(),
                    key.correlation(),
                    verb,
                    RECEIVED,
                    expiresAt.toEpochMilli(),
                    token == null ? 0 : 1);
            return new Standing.Received();
        });
    }

    /** Saves that the command begins now. */
    public void started(CommandKey key) throws StateUnavailableException {
        file.update(
                "UPDATE command SET step = ? WHERE response_topic = ? AND correlation = ? AND step = ?",
                STARTED,
                key.responseTopic(),
                key.correlation(),
                RECEIVED);
    }

    /** Saves the reply, which is owed from now on; the first one stands. */
    public void done(CommandKey key, int status, byte[] reply) throws StateUnavailableException {
        file.write(connection -> saveDone(connection, key, status, reply, null));
    }

    /** Those that were begun and never answered: after a start, the agent went down with them. */
    public Map<String, List<CommandKey>> begunByVerb() throws StateUnavailableException {
        return file.read(connection -> {
            Map<String, List<CommandKey>> begun = new TreeMap<>();
            try (PreparedStatement query = connection.prepareStatement(
                            "SELECT verb, response_topic, correlation FROM command WHERE step = 1");
                    ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    begun.computeIfAbsent(rows.getString(1), _ -> new ArrayList<>())
                            .add(new CommandKey(rows.getString(2), rows.getBytes(3)));
                }
            }
            return begun;
        });
    }

    /** Replies that the broker does not have, those that expire first before the others. */
    public List<Owed> owed(Instant now, int max) throws StateUnavailableException {
        return file.read(connection -> {
            List<Owed> owed = new ArrayList<>();
            try (PreparedStatement query = connection.prepareStatement("""
                    SELECT response_topic, correlation, NULL, status, reply, expires_at FROM command
                      WHERE told = 0 AND step = 2 AND expires_at > ?1
                    UNION ALL SELECT response_topic, correlation, id, status, reply, expires_at FROM job
                      WHERE told = 0 AND step = 2 AND expires_at > ?1
                    ORDER BY 6 LIMIT ?2""")) {
                StateFile.bind(query, now.toEpochMilli(), max);
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        owed.add(new Owed(
                                new CommandKey(rows.getString(1), rows.getBytes(2)),
                                rows.getString(3),
                                rows.getInt(4),
                                rows.getBytes(5),
                                Instant.ofEpochMilli(rows.getLong(6))));
                    }
                }
            }
            return owed;
        });
    }

    /** Saves that the broker has these replies. */
    public void told(Collection<Owed> replies) throws StateUnavailableException {
        if (replies.isEmpty()) {
            return;
        }
        file.write(connection -> {
            for (Owed each : replies) {
                if (each.job() == null) {
                    CommandKey key = each.key();
                    update(
                            connection,
                            "UPDATE command SET told = 1 WHERE response_topic = ? AND correlation = ? AND step = 2",
                            key.responseTopic(),
                            key.correlation());
                } else {
                    update(connection, "UPDATE job SET told = 1 WHERE id = ? AND step = 2", each.job());
                }
            }
            return replies.size();
        });
    }

    /** Forgets what has expired; the broker delivers none of it again, and tokens that expired are refused by that. */
    public int expire(Instant now) throws StateUnavailableException {
        long millis = now.toEpochMilli();
        return file.write(connection -> {
            int gone = update(connection, "DELETE FROM command WHERE expires_at <= ?", millis)
                    + update(connection, "DELETE FROM job WHERE step = 2 AND expires_at <= ?", millis);
            // A clock that ran ahead and came back must not let them in again.
            update(
                    connection,
                    "INSERT INTO counter (name, value) SELECT ?, max(expires_at) FROM token"
                            + " WHERE expires_at <= ? HAVING max(expires_at) IS NOT NULL"
                            + " ON CONFLICT DO UPDATE SET value = max(value, excluded.value)",
                    FORGOTTEN_THROUGH,
                    millis);
            return gone + update(connection, "DELETE FROM token WHERE expires_at <= ?", millis);
        });
    }

    static int saveDone(Connection connection, CommandKey key, int status, byte[] reply, @Nullable String job)
            throws SQLException {
        return update(
                connection,
                "UPDATE command SET step = ?, status = ?, reply = ?, job = ?, told = 0"
                        + " WHERE response_topic = ? AND correlation = ? AND step <> ?",
                DONE,
                status,
                reply,
                job,
                key.responseTopic(),
                key.correlation(),
                DONE);
    }

    static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            StateFile.bind(update, values);
            return update.executeUpdate();
        }
    }

    /** Takes the token for this command; null when it may be. */
    private @Nullable Standing take(Connection connection, CommandKey key, Token token) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT response_topic, correlation FROM token WHERE key_id = ? AND id = ?")) {
            StateFile.bind(query, token.keyId(), token.id());
            try (ResultSet rows = query.executeQuery()) {
                if (rows.next()) {
                    CommandKey by = new CommandKey(rows.getString(1), rows.getBytes(2));
                    // The same command again, and its row is gone: it expired, and may have had its effect.
                    boolean same = by.equals(key) && find(connection, key) != null;
                    return same ? null : new Standing.Replayed();
                }
            }
        }
        if (count(connection, "token") >= limits.tokens()) {
            return new Standing.NoRoom(limits.tokens(), "signed commands");
        }
        update(
                connection,
                "INSERT INTO token (key_id, id, expires_at, response_topic, correlation) VALUES (?, ?, ?, ?, ?)",
                token.keyId(),
                token.id(),
                token.expiresAt().toEpochMilli(),
                key.responseTopic(),
                key.correlation());
        return null;
    }

    private static @Nullable Owed end(Connection connection, CommandKey key, String job) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT status, reply, expires_at FROM job WHERE id = ? AND step = 2")) {
            StateFile.bind(query, job);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? new Owed(key, job, row.getInt(1), row.getBytes(2), Instant.ofEpochMilli(row.getLong(3)))
                        : null;
            }
        }
    }

    private record Row(Standing standing, @Nullable String job) {}

    private static @Nullable Row find(Connection connection, CommandKey key) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT step, status, reply, job FROM command WHERE response_topic = ? AND correlation = ?")) {
            StateFile.bind(query, key.responseTopic(), key.correlation());
            try (ResultSet rows = query.executeQuery()) {
                if (!rows.next()) {
                    return null;
                }
                return new Row(
                        switch (rows.getInt(1)) {
                            case RECEIVED -> new Standing.Received();
                            case STARTED -> new Standing.Started();
                            default -> new Standing.Done(rows.getInt(2), rows.getBytes(3));
                        },
                        rows.getString(4));
            }
        }
    }

    private static int count(Connection connection, String table) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT count(*) FROM " + table);
                ResultSet rows = query.executeQuery()) {
            rows.next();
            return rows.getInt(1);
        }
    }
}
