package dev.picket.agent.journal;

import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.config.RetentionConfig;
import dev.picket.agent.sqlite.Commit;
import dev.picket.agent.sqlite.Database;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.agent.sqlite.Schema;
import dev.picket.inference.Priority;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Every verdict from the moment it is made until the fleet has it, in one SQLite file.
 *
 * <pre>
 * verdict   id | source reading task | priority seq | sent | what was read, judged and decided | text
 *              UNIQUE(source, reading, task): one that is appended again changes nothing and takes no seq
 *              seq is dense from 1 in (epoch, priority); a partial index holds the unsent rows in send order
 * model     the digests and labels that rows share
 * dropped   readings that got no verdict by a rule; UNIQUE as above, so each is counted once
 * position  source -> where it goes on; passes only readings whose outcomes are all here
 * attempt   source -> reading at the mark, and how often judging it was begun (see dev.picket.agent.read.Attempts)
 * counter   last seq, unsent and acked-through by priority; drops by reason
 * meta      epoch: random, new with each new file
 *
 * append:   one transaction: rows, counters, positions, attempts
 * send:     pending -> (publish, acknowledged) -> markSent: a row's id is the same however often it is sent
 * retain:   text erased (overwritten) after its time; a sent row deleted after its own, or earlier when the file is full
 * </pre>
 *
 * Survives: a killed process and a cut of power at any moment (a transaction is whole or absent; an append whose answer
 * was lost is repeated harmlessly). When full, append throws and changes nothing; markSent still works, and makes room.
 * Does not survive: deleting the file or its -wal (a new epoch begins), a disk that lies about writes, damaged pages.
 */
public final class Journal implements AutoCloseable {
    private static final Schema SCHEMA = new Schema("journal", List.of("001-verdicts.sql"));
    private static final int EPOCH_BYTES = 6;

    private final Database database;
    private final JournalConfig config;
    private final Clock clock;
    private final String epoch;
    private final Prepared writing = new Prepared();
    private final Prepared reading = new Prepared();
    private volatile Runnable onAppend = () -> {};

    private Journal(Database database, JournalConfig config, Clock clock, String epoch) {
        this.database = database;
        this.config = config;
        this.clock = clock;
        this.epoch = epoch;
    }

    /**
     * Opens the journal, or makes it in a folder that is there.
     *
     * @throws NewerSchemaException when a newer agent wrote it
     */
    public static Journal open(Path file, JournalConfig config, Clock clock)
            throws JournalUnavailableException, NewerSchemaException {
        return open(file, config, clock, Commit.DURABLE);
    }

    static Journal open(Path file, JournalConfig config, Clock clock, Commit commit)
            throws JournalUnavailableException, NewerSchemaException {
        try {
            Database database = Database.open(file, SCHEMA, config.maxBytes(), commit);
            try {
                return new Journal(database, config, clock, database.write(Journal::epochOf));
            } catch (SQLException | RuntimeException e) {
                database.close();
                throw e;
            }
        } catch (SQLException e) {
            throw JournalUnavailableException.of(file, config.maxBytes(), e);
        }
    }

    /** Names this file in every id: random, made with the file. */
    public String epoch() {
        return epoch;
    }

    /** Whether the file was new or closed before it was opened; else a process died with it. */
    public boolean stoppedCleanly() {
        return database.stoppedCleanly();
    }

    /** What runs after each append that brought rows, on its thread: it wakes somebody and returns. */
    public void onAppend(Runnable listener) {
        onAppend = listener;
    }

    /** As {@link #append(List, Map, Map)}, with no attempts. */
    public void append(List<? extends Outcome> outcomes, Map<String, String> positions)
            throws JournalUnavailableException {
        append(outcomes, positions, Map.of());
    }

    /**
     * Makes outcomes, positions and attempts durable together. Outcomes that are here already stay as they are.
     *
     * @throws JournalUnavailableException when nothing of it was written; the caller keeps it and tries again
     */
    public void append(List<? extends Outcome> outcomes, Map<String, String> positions, Map<String, Attempt> attempts)
            throws JournalUnavailableException {
        int inserted;
        try {
            inserted = write(connection -> insert(connection, outcomes, positions, attempts));
        } catch (JournalUnavailableException e) {
            if (e.reason() != JournalUnavailableException.Reason.FULL || makeRoom() == 0) {
                throw e;
            }
            inserted = write(connection -> insert(connection, outcomes, positions, attempts));
        }
        if (inserted > 0) {
            onAppend.run();
        }
    }

    /** Where a source goes on. */
    public Optional<String> position(String source) throws JournalUnavailableException {
        return read(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement("SELECT position FROM position WHERE source = ?")) {
                query.setString(1, source);
                try (ResultSet rows = query.executeQuery()) {
                    return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
                }
            }
        });
    }

    /** What was last noted of attempts at a source. */
    public Optional<Attempt> attempt(String source) throws JournalUnavailableException {
        return read(connection -> {
            try (PreparedStatement query =
                    connection.prepareStatement("SELECT reading, count FROM attempt WHERE source = ?")) {
                query.setString(1, source);
                try (ResultSet rows = query.executeQuery()) {
                    return rows.next() ? Optional.of(new Attempt(rows.getString(1), rows.getInt(2))) : Optional.empty();
                }
            }
        });
    }

    /**
     * The unsent rows that come next: by priority, most urgent first, then by seq.
     *
     * @param max how many at most
     * @param after the seq, by priority, that is under way already; 0 for a priority that it does not hold
     */
    public List<PendingVerdict> pending(int max, Map<Priority, Long> after) throws JournalUnavailableException {
        return read(connection -> {
            List<PendingVerdict> found = new ArrayList<>();
            String sql =
                    VerdictRows.SELECT + " WHERE v.sent = 0 AND v.priority = ? AND v.seq > ? ORDER BY v.seq LIMIT ?";
            PreparedStatement query = reading.on(connection).get(sql);
            for (Priority priority : Priority.values()) {
                query.setInt(1, VerdictRows.rank(priority));
                query.setLong(2, after.getOrDefault(priority, 0L));
                query.setInt(3, max - found.size());
                collect(query, found);
            }
            return found;
        });
    }

    /** The newest rows, sent or not, newest first. */
    public List<PendingVerdict> latest(int max) throws JournalUnavailableException {
        return read(connection -> {
            List<PendingVerdict> found = new ArrayList<>();
            try (PreparedStatement query =
                    connection.prepareStatement(VerdictRows.SELECT + " ORDER BY v.id DESC LIMIT ?")) {
                query.setInt(1, max);
                collect(query, found);
            }
            return found;
        });
    }

    /** Notes that the fleet has these rows. Rows that are marked already, or gone, change nothing. */
    public void markSent(Collection<Long> rows) throws JournalUnavailableException {
        if (!rows.isEmpty()) {
            write(connection -> sent(connection, rows));
        }
    }

    /** The counts, as the last transaction left them. */
    public Depth depth() throws JournalUnavailableException {
        return read(connection -> {
            Counters counters = new Counters(reading.on(connection));
            return new Depth(
                    counters.byPriority(Counters.UNSENT),
                    counters.byPriority(Counters.ACKED),
                    counters.all(Counters.DROP));
        });
    }

    /**
     * Erases texts and deletes sent rows that are past their time, and gives the space back to the disk. Does a bounded
     * part in each transaction, so that appends go on meanwhile.
     */
    public void sweep(Instant now, RetentionConfig retention) throws JournalUnavailableException {
        long texts = now.minus(retention.text()).toEpochMilli();
        long verdicts = now.minus(retention.verdicts()).toEpochMilli();
        int changed = 0;
        int step;
        do {
            step = write(connection ->
                    new Retention(connection, writing.on(connection), config.keepRows()).eraseTexts(texts));
            step += write(connection ->
                    new Retention(connection, writing.on(connection), config.keepRows()).deleteSent(verdicts));
            changed += step;
        } while (step > 0);
        if (changed > 0) {
            maintain("PRAGMA incremental_vacuum(" + Retention.ROWS_PER_TRANSACTION + ")");
            // The texts stand in the -wal file, too, until it is begun anew.
            maintain("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }

    /** Looks for damage; slow on a large file, disturbs nobody. Worth it after an unclean stop. */
    public Optional<String> quickCheck() throws JournalUnavailableException {
        try {
            return database.quickCheck();
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    @Override
    public void close() {
        database.close();
    }

    private int insert(
            Connection connection,
            List<? extends Outcome> outcomes,
            Map<String, String> positions,
            Map<String, Attempt> attempts)
            throws SQLException {
        Append append = new Append(writing.on(connection), clock.millis());
        int inserted = append.outcomes(outcomes);
        append.positions(positions);
        append.attempts(attempts);
        return inserted;
    }

    private int makeRoom() throws JournalUnavailableException {
        return write(connection ->
                new Retention(connection, writing.on(connection), config.keepRows()).deleteSent(Long.MAX_VALUE));
    }

    private int sent(Connection connection, Collection<Long> rows) throws SQLException {
        Map<Priority, Long> marked = new EnumMap<>(Priority.class);
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE verdict SET sent = 1 WHERE sent = 0 AND id IN (SELECT value FROM json_each(?))"
                        + " RETURNING priority")) {
            update.setString(1, rows.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]")));
            try (ResultSet changed = update.executeQuery()) {
                while (changed.next()) {
                    marked.merge(VerdictRows.priority(changed.getInt(1)), 1L, Long::sum);
                }
            }
        }
        Counters counters = new Counters(writing.on(connection));
        for (Map.Entry<Priority, Long> entry : marked.entrySet()) {
            String name = entry.getKey().wireName();
            counters.add(Counters.UNSENT, name, -entry.getValue());
            counters.set(Counters.ACKED, name, ackedThrough(connection, entry.getKey(), counters));
        }
        return marked.size();
    }

    private static long ackedThrough(Connection connection, Priority priority, Counters counters) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT min(seq) FROM verdict WHERE sent = 0 AND priority = ?")) {
            query.setInt(1, VerdictRows.rank(priority));
            try (ResultSet rows = query.executeQuery()) {
                rows.next();
                long firstUnsent = rows.getLong(1);
                return rows.wasNull() ? counters.get(Counters.SEQ, priority.wireName()) : firstUnsent - 1;
            }
        }
    }

    private void collect(PreparedStatement query, List<PendingVerdict> into) throws SQLException {
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                into.add(VerdictRows.read(rows, epoch));
            }
        }
    }

    private static String epochOf(Connection connection) throws SQLException {
        byte[] random = new byte[EPOCH_BYTES];
        new SecureRandom().nextBytes(random);
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO meta (key, value) VALUES ('epoch', ?) ON CONFLICT DO UPDATE SET value = value"
                        + " RETURNING value")) {
            insert.setString(1, HexFormat.of().formatHex(random));
            try (ResultSet rows = insert.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }

    private <T> T write(Database.Work<T> work) throws JournalUnavailableException {
        try {
            return database.write(connection -> {
                try {
                    return work.run(connection);
                } catch (SQLException e) {
                    forget(writing, e);
                    throw e;
                }
            });
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private <T> T read(Database.Work<T> work) throws JournalUnavailableException {
        try {
            return database.read(connection -> {
                try {
                    return work.run(connection);
                } catch (SQLException e) {
                    forget(reading, e);
                    throw e;
                }
            });
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private static void forget(Prepared prepared, SQLException cause) {
        try {
            prepared.forget();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private void maintain(String sql) throws JournalUnavailableException {
        try {
            database.maintain(sql);
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    private JournalUnavailableException unavailable(SQLException cause) {
        return JournalUnavailableException.of(database.file(), config.maxBytes(), cause);
    }
}
