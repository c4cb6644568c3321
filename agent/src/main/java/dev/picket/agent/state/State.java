package dev.picket.agent.state;

import dev.picket.agent.sqlite.Database;
import dev.picket.agent.sqlite.Faults;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.agent.sqlite.Schema;
import dev.picket.agent.sqlite.SetAside;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/**
 * state.db: what must survive a restart and is no reading.
 *
 * <pre>
 * counter   session: grown by one, durably, before each connection; never given twice
 *           meter-day, meter-bytes: what a metered link has carried, never less than it has
 *           memory-since, since-ahead, tokens-forgotten-through: see {@link Memory}
 * command   {@link CommandRows}: commands with their first replies
 * token     {@link CommandRows}: signed commands that were taken
 * job       {@link JobRows}: commands that go on, with their second replies
 * feedback  {@link FeedbackRows}: right labels of verdicts
 * paused    {@link PauseRows}: sources that are not judged
 * rollout   {@link RolloutRows}: rollouts, and what became of them here
 * </pre>
 *
 * A damaged file: see {@link StateSalvage}. Room for a few commands is set aside in it, so that they work on a full disk.
 *
 * <p>Each change is one transaction, durable when the call returns, so after a crash a command stands where it was last
 * said to be: STARTED without DONE means that it may or may not have had its effect.
 */
public final class State implements AutoCloseable {
    private static final Schema SCHEMA =
            new Schema("state", List.of("001-commands.sql", "002-jobs.sql", "003-unsigned.sql", "004-rollouts.sql"));
    private static final String METER_DAY = "meter-day";
    private static final String METER_BYTES = "meter-bytes";

    /** Room that a command needs on a full disk, with its reply. */
    private static final long RESERVED_BYTES = 1L << 20;

    private final Faults faults;
    private final List<String> troubles;
    private final StateFile file;
    private final CommandRows commands;
    private final JobRows jobs;
    private final FeedbackRows feedback;
    private final PauseRows pauses;
    private final RolloutRows rollouts;

    private State(Database database, Limits limits, List<String> troubles) {
        this.faults = new Faults(database);
        this.troubles = troubles;
        this.file = new StateFile(database, faults);
        this.commands = new CommandRows(file, limits);
        this.jobs = new JobRows(file);
        this.feedback = new FeedbackRows(file, limits.feedback());
        this.pauses = new PauseRows(file);
        this.rollouts = new RolloutRows(file);
    }

    /**
     * Opens the file, or makes it in a folder that is there.
     *
     * @param maxBytes what the file may grow to
     */
    public static State open(Path file, long maxBytes, Limits limits)
            throws StateUnavailableException, NewerSchemaException {
        return open(file, maxBytes, limits, Clock.systemUTC(), false);
    }

    /**
     * The same.
     *
     * @param clock says when a damaged file was set aside
     * @param forgotten whether the file was there before and is not any more, so that what it knew is lost
     */
    public static State open(Path file, long maxBytes, Limits limits, Clock clock, boolean forgotten)
            throws StateUnavailableException, NewerSchemaException {
        try {
            Database database = StateSalvage.open(file, SCHEMA, maxBytes, clock, forgotten);
            database.reserve(Math.min(RESERVED_BYTES, maxBytes / 4));
            return new State(database, limits, SetAside.told(file).stream().toList());
        } catch (SQLException e) {
            throw new StateUnavailableException(file, e);
        } catch (IOException e) {
            throw new StateUnavailableException(file, new SQLException(e.getMessage(), e));
        }
    }

    /** What runs once when the agent has to start again for the file's sake, on any thread; it returns at once. */
    public void onFault(Runnable listener) {
        faults.onFault(listener);
    }

    /** What a person should know of damage that was found, a sentence each. */
    public List<String> troubles() {
        return troubles;
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

    /**
     * How far the memory of tokens reaches.
     *
     * @param now what {@code since} is held against: see {@link StateSalvage}
     */
    public Memory memory(Instant now) throws StateUnavailableException {
        long since = counter(StateSalvage.MEMORY_SINCE);
        return new Memory(
                Instant.ofEpochMilli(since > now.toEpochMilli() ? sinceAhead(now.toEpochMilli()) : since),
                Instant.ofEpochMilli(counter(CommandRows.FORGOTTEN_THROUGH)));
    }

    private long sinceAhead(long now) throws StateUnavailableException {
        long seen = counter(StateSalvage.SINCE_AHEAD);
        if (seen > 0 && seen <= now) {
            return seen;
        }
        file.update(
                "INSERT INTO counter (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                StateSalvage.SINCE_AHEAD,
                now);
        return now;
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

    public RolloutRows rollouts() {
        return rollouts;
    }

    @Override
    public void close() {
        faults.close();
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
