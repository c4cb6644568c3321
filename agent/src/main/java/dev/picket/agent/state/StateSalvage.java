package dev.picket.agent.state;

import dev.picket.agent.sqlite.Damage;
import dev.picket.agent.sqlite.Database;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.agent.sqlite.Salvage;
import dev.picket.agent.sqlite.Schema;
import dev.picket.agent.sqlite.SetAside;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens state.db. A damaged one makes way ({@link SetAside}), and what can be read of it goes on.
 *
 * <pre>
 * session       not below the time in seconds: it must not go back, and no count of connections is as large
 * memory-since  now: a signed command from before may have been run, and is refused
 * since-ahead   when memory-since was first found ahead of now: the clock ran ahead when the file was made anew, or it lags
 *               now; it counts in memory-since's place for as long, so that no date far ahead refuses every command
 * </pre>
 */
final class StateSalvage {
    static final String MEMORY_SINCE = "memory-since";
    static final String SINCE_AHEAD = "since-ahead";
    static final String SESSION = "session";

    private static final Logger LOG = LoggerFactory.getLogger(StateSalvage.class);

    private StateSalvage() {}

    /**
     * @param forgotten whether the file was there before, so that a new one does not know what was run
     */
    static Database open(Path file, Schema schema, long maxBytes, Clock clock, boolean forgotten)
            throws SQLException, NewerSchemaException, IOException {
        salvage(file, schema, clock);
        SetAside.create(file, schema, clock.instant(), fresh -> {
            if (forgotten) {
                fresh.write(connection -> forget(connection, clock.instant()));
            }
        });
        try {
            return checked(file, schema, maxBytes);
        } catch (SQLException e) {
            if (!Damage.is(e)) {
                throw e;
            }
            LOG.error("The state file {} is damaged ({}); what can be read of it is saved now", file, e.getMessage());
            SetAside.begin(file);
            salvage(file, schema, clock);
            return checked(file, schema, maxBytes);
        }
    }

    /** As after damage of which nothing could be read: a file that was there has gone. */
    static int forget(Connection connection, Instant now) throws SQLException {
        CommandRows.update(connection, "DELETE FROM counter WHERE name = ?", SINCE_AHEAD);
        return raise(connection, MEMORY_SINCE, now.toEpochMilli()) + raise(connection, SESSION, now.getEpochSecond());
    }

    private static int raise(Connection connection, String name, long value) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("INSERT INTO counter (name, value) VALUES (?, ?)"
                + " ON CONFLICT DO UPDATE SET value = max(value, excluded.value)")) {
            update.setString(1, name);
            update.setLong(2, value);
            return update.executeUpdate();
        }
    }

    /** It is small, so that after an unclean stop it can be looked through at once. */
    private static Database checked(Path file, Schema schema, long maxBytes)
            throws SQLException, NewerSchemaException, IOException {
        if (Files.size(file) == 0) {
            throw Damage.found("it is empty");
        }
        Database database = Database.open(file, schema, maxBytes);
        try {
            Optional<String> damage = database.stoppedCleanly() ? Optional.empty() : database.quickCheck();
            if (damage.isPresent()) {
                throw Damage.found(damage.get());
            }
            return database;
        } catch (SQLException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private static void salvage(Path file, Schema schema, Clock clock)
            throws SQLException, NewerSchemaException, IOException {
        SetAside.resume(file, clock.instant(), (damaged, fresh) -> {
            Salvage.Copied copied = Salvage.copy(damaged, fresh, schema);
            try (Database database = Database.open(fresh, schema, Long.MAX_VALUE)) {
                database.write(connection -> forget(connection, clock.instant()));
            }
            LOG.error(
                    "The state file {} was damaged: {} rows were saved; signed commands from before now are refused",
                    file,
                    copied.total());
        });
    }
}
