package dev.picket.agent.state;

import dev.picket.agent.sqlite.Database;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.agent.sqlite.Schema;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * state.db: what must survive a restart and is no reading.
 *
 * <pre>
 * counter   session: grown by one, durably, before each connection; never given twice
 *           meter-day, meter-bytes: what a metered link has carried, never less than it has
 * command   (response topic, correlation data) -> RECEIVED -> STARTED -> DONE(status, reply), until it expires
 * </pre>
 *
 * Each change is one transaction, durable when the call returns, so after a crash a command stands where it was last
 * said to be: STARTED without DONE means that it may or may not have had its effect.
 */
public final class State implements AutoCloseable {
    private static final Schema SCHEMA = new Schema("state", List.of("001-commands.sql"));
    private static final String METER_DAY = "meter-day";
    private static final String METER_BYTES = "meter-bytes";
    private static final int RECEIVED = 0;
    private static final int STARTED = 1;
    private static final int DONE = 2;

    private final Database database;
    private final int commandsKept;

    private State(Database database, int commandsKept) {
        this.database = database;
        this.commandsKept = commandsKept;
    }

    /**
     * Opens the file, or makes it in a folder that is there.
     *
     * @param maxBytes what the file may grow to
     * @param commandsKept the most commands remembered at once
     */
    public static State open(Path file, long maxBytes, int commandsKept)
            throws StateUnavailableException, NewerSchemaException {
        try {
            return new State(Database.open(file, SCHEMA, maxBytes), commandsKept);
        } catch (SQLException e) {
            throw new StateUnavailableException(file, e);
        }
    }

    /** The number of the next session with the broker; saved before it is given. */
    public long nextSession() throws StateUnavailableException {
        return write(connection -> {
            try (PreparedStatement next =
                            connection.prepareStatement("INSERT INTO counter (name, value) VALUES ('session', 1)"
                                    + " ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value");
                    ResultSet rows = next.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }

    /** What a metered link has carried; nothing on the first day of all where none was saved. */
    public Metered metered() throws StateUnavailableException {
        return write(connection -> new Metered(counter(connection, METER_DAY), counter(connection, METER_BYTES)));
    }

    /** Saves both together. */
    public void saveMetered(Metered count) throws StateUnavailableException {
        write(connection -> {
            try (PreparedStatement set = connection.prepareStatement("INSERT INTO counter (name, value) VALUES (?, ?)"
                    + " ON CONFLICT DO UPDATE SET value = excluded.value")) {
                set.setString(1, METER_DAY);
                set.setLong(2, count.day());
                set.executeUpdate();
                set.setString(1, METER_BYTES);
                set.setLong(2, count.bytes());
                return set.executeUpdate();
            }
        });
    }

    /** Notes a delivery, and answers how far the command had come before it. */
    public Standing receive(CommandKey key, String verb, Instant expiresAt) throws StateUnavailableException {
        return write(connection -> {
            Optional<Standing> known = find(connection, key);
            if (known.isPresent()) {
                return known.get();
            }
            if (count(connection) >= commandsKept) {
                return new Standing.NoRoom(commandsKept);
            }
            try (PreparedStatement insert = connection.prepareStatement(
                    "INSERT INTO command (response_topic, correlation, verb, step, expires_at) VALUES (?, ?, ?, ?, ?)")) {
                insert.setString(1, key.responseTopic());
                insert.setBytes(2, key.correlation());
                insert.setString(3, verb);
                insert.setInt(4, RECEIVED);
                insert.setLong(5, expiresAt.toEpochMilli());
                insert.executeUpdate();
            }
            return new Standing.Received();
        });
    }

    /** Saves that the command begins now. */
    public void started(CommandKey key) throws StateUnavailableException {
        write(connection -> {
            try (PreparedStatement update = connection.prepareStatement(
                    "UPDATE command SET step = ? WHERE response_topic = ? AND correlation = ? AND step = ?")) {
                update.setInt(1, STARTED);
                update.setString(2, key.responseTopic());
                update.setBytes(3, key.correlation());
                update.setInt(4, RECEIVED);
                return update.executeUpdate();
            }
        });
    }

    /** Saves the reply; the first one stands. */
    public void done(CommandKey key, int status, byte[] reply) throws StateUnavailableException {
        write(connection -> {
            try (PreparedStatement update =
                    connection.prepareStatement("UPDATE command SET step = ?, status = ?, reply = ?"
                            + " WHERE response_topic = ? AND correlation = ? AND step <> ?")) {
                update.setInt(1, DONE);
                update.setInt(2, status);
                update.setBytes(3, reply);
                update.setString(4, key.responseTopic());
                update.setBytes(5, key.correlation());
                update.setInt(6, DONE);
                return update.executeUpdate();
            }
        });
    }

    /** Forgets commands that have expired; the broker delivers none of them again. */
    public int expire(Instant now) throws StateUnavailableException {
        return write(connection -> {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM command WHERE expires_at <= ?")) {
                delete.setLong(1, now.toEpochMilli());
                return delete.executeUpdate();
            }
        });
    }

    @Override
    public void close() {
        database.close();
    }

    private static Optional<Standing> find(Connection connection, CommandKey key) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT step, status, reply FROM command WHERE response_topic = ? AND correlation = ?")) {
            query.setString(1, key.responseTopic());
            query.setBytes(2, key.correlation());
            try (ResultSet rows = query.executeQuery()) {
                if (!rows.next()) {
                    return Optional.empty();
                }
                return Optional.of(
                        switch (rows.getInt(1)) {
                            case RECEIVED -> new Standing.Received();
                            case STARTED -> new Standing.Started();
                            default -> new Standing.Done(rows.getInt(2), rows.getBytes(3));
                        });
            }
        }
    }

    private static long counter(Connection connection, String name) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT value FROM counter WHERE name = ?")) {
            query.setString(1, name);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        }
    }

    private static int count(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT count(*) FROM command");
                ResultSet rows = query.executeQuery()) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private <T> T write(Database.Work<T> work) throws StateUnavailableException {
        try {
            return database.write(work);
        } catch (SQLException e) {
            throw new StateUnavailableException(database.file(), e);
        }
    }
}
