package dev.picket.agent.state;

import dev.picket.agent.sqlite.Database;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.agent.sqlite.Schema;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * state.db: what must survive a restart and is no reading.
 *
 * <pre>
 * counter   session: grown by one, durably, before each connection; never given twice
 *           meter-day, meter-bytes: what a metered link has carried, never less than it has
 *           memory-since, tokens-forgotten-through: see {@link Memory}
 * command   {@link CommandRows}: commands with their first replies
 * token     {@link CommandRows}: signed commands that were taken
 * job       {@link JobRows}: commands that go on, with their second replies
 * feedback  {@link FeedbackRows}: right labels of verdicts
 * paused    {@link PauseRows}: sources that are not judged
 * </pre>
 *
 * Each change is one transaction, durable when the call returns, so after a crash a command stands where it was last
 * said to be: STARTED without DONE means that it may or may not have had its effect.
 */
public final class State implements AutoCloseable {
    private static final Schema SCHEMA = new Schema("state", List.of("001-commands.sql", "002-jobs.sql"));
    private static final String METER_DAY = "meter-day";
    private static final String METER_BYTES = "meter-bytes";
    private static final String MEMORY_SINCE = "memory-since";

    private final Database database;
    private final StateFile file;
    private final CommandRows commands;
    private final JobRows jobs;
    private final FeedbackRows feedback;
    private final PauseRows pauses;

    private State(Database database, Limits limits) {
        this.database = database;
        this.file = new StateFile(database);
        this.commands = new CommandRows(file, limits);
        this.jobs = new JobRows(file);
        this.feedback = new FeedbackRows(file, limits.feedback());
        this.pauses = new PauseRows(file);
    }

    /**
     * Opens the file, or makes it in a folder that is there.
     *
     * @param maxBytes what the file may grow to
     */
    public static State open(Path file, long maxBytes, Limits limits)
            throws StateUnavailableException, NewerSchemaException {
        try {
            return new State(Database.open(file, SCHEMA, maxBytes), limits);
        } catch (SQLException e) {
            throw new StateUnavailableException(file, e);
        }
    }

    /** The number of the next session with the broker; saved before it is given. */
    public long nextSession() throws StateUnavailableException {
        return file.write(connection -> {
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
        return new Metered(counter(METER_DAY), counter(METER_BYTES));
    }

    /** Saves both together. */
    public void saveMetered(Metered count) throws StateUnavailableException {
        file.update(
                "INSERT INTO counter (name, value) VALUES (?, ?), (?, ?)"
                        + " ON CONFLICT DO UPDATE SET value = excluded.value",
                METER_DAY,
                count.day(),
                METER_BYTES,
                count.bytes());
    }

    /** How far the memory of tokens reaches. */
    public Memory memory() throws StateUnavailableException {
        return new Memory(
                Instant.ofEpochMilli(counter(MEMORY_SINCE)),
                Instant.ofEpochMilli(counter(CommandRows.FORGOTTEN_THROUGH)));
    }

    /** To be told where the file was made anew because the one before was damaged: what it knew is lost. */
    public void memoryBegins(Instant at) throws StateUnavailableException {
        file.update(
                "INSERT INTO counter (name, value) VALUES (?, ?)"
                        + " ON CONFLICT DO UPDATE SET value = max(value, excluded.value)",
                MEMORY_SINCE,
                at.toEpochMilli());
    }

    public CommandRows commands() {
        return commands;
    }

    public JobRows jobs() {
        return jobs;
    }

    public FeedbackRows feedback() {
        return feedback;
    }

    public PauseRows pauses() {
        return pauses;
    }

    @Override
    public void close() {
        database.close();
    }

    private long counter(String name) throws StateUnavailableException {
        return file.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT value FROM counter WHERE name = ?")) {
                query.setString(1, name);
                try (ResultSet rows = query.executeQuery()) {
                    return rows.next() ? rows.getLong(1) : 0L;
                }
            }
        });
    }
}
