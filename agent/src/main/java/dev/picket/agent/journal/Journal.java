package dev.picket.agent.journal;

import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.config.RetentionConfig;
import dev.picket.agent.sqlite.Commit;
import dev.picket.agent.sqlite.Damage;
import dev.picket.agent.sqlite.Database;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.agent.sqlite.Schema;
import dev.picket.inference.Priority;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every verdict from the moment it is made until the fleet has it, in one SQLite file.
 *
 * <pre>
 * verdict   id = rank &lt;&lt; 56 | seq: rows lie as they are sent, seq dense from 1 in (epoch, priority)
 * line      priority -> last seq, and the mark "acked": behind it rows are unsent, the others sent or dropped
 * origin, answer, model   what rows share: source and task, label and decision, digests and labels
 * ahead     outcomes above their source's position: those alone can be read again, and then change nothing
 * position  source -> where it goes on; passes only readings whose outcomes are all here
 * attempt   source -> reading at the mark, and how often judging it was begun (see dev.picket.agent.read.Attempts)
 * gap       unsent rows that were dropped, until the fleet has been told
 * inbox, seen             readings that were pushed, and the ids of them ({@link Inbox})
 * counter   drops by reason
 * meta      epoch: random, new with each new file
 *
 * append:   one transaction: rows, lines, positions, ahead, attempts
 * send:     pending -> (publish, acknowledged) -> markSent: a row's id is the same however often it is sent
 * drop:     rows deleted and a gap in one transaction -> gaps -> (publish, acknowledged) -> markTold
 * retain:   text erased (overwritten) after its time; a sent row deleted after its own, or earlier when the file is full
 * </pre>
 *
 * Exactly one outcome for each reading and task: a reading is read again only when it lies above its source's position,
 * and the outcomes that were committed up there are in "ahead". A batch that is repeated, because the answer to its
 * commit was lost, finds the position where it wants it. None of it depends on how long rows are kept.
 *
 * <p>Survives: a killed process and a cut of power at any moment (a transaction is whole or absent). When full, append
 * throws and changes nothing; markSent still works, and makes room. A damaged or deleted file: see {@link JournalFile}.
 * Does not survive: a disk that lies about writes.
 */
public final class Journal implements AutoCloseable {
    private static final Schema SCHEMA =
            new Schema("journal", List.of("001-verdicts.sql", "002-lines.sql", "003-inbox.sql", "004-stages.sql"));

    private record Inserted(int rows, long limit) {}

    private final JournalFile file;
    private final Database database;
    private final JournalConfig config;
    private final Clock clock;
    private final Room room;
    private final Ageing ageing;
    /** Pages that may be used; above {@code room.rows()} after the limit was lowered. The writer's alone. */
    private volatile long limit;

    private final Prepared writing = new Prepared();
    private final Prepared reading = new Prepared();
    private final Interned toNumbers = new Interned(writing);
    private final Interned fromNumbers = new Interned(reading);
    /** The last transaction that was begun; the writer's alone. */
    private long begun;
    /** The last that is known to have ended well. Noted late it costs a needless forgetting, never a missed one. */
    private volatile long ended;

    private final Inbox inbox;
    private volatile Runnable onAppend = () -> {};

    private Journal(JournalFile file, JournalConfig config, Clock clock, Uptime uptime) throws SQLException {
        this.file = file;
        this.database = file.database();
        this.config = config;
        this.clock = clock;
        this.room = Room.of(config.maxBytes());
        this.ageing = database.write(connection -> Ageing.begin(writing.on(connection), uptime, clock));
        this.limit = Math.max(room.rows(), database.write(connection -> Quota.used(writing.on(connection))));
        this.inbox = new Inbox(this, ageing::stamp, config.maxBytes() / Inbox.PART_OF_FILE);
    }

    /**
     * Opens the journal, or makes it in a folder that is there.
     *
     * @throws NewerSchemaException when a newer agent wrote it
     */
    public static Journal open(Path file, JournalConfig config, Clock clock)
            throws JournalUnavailableException, NewerSchemaException {
        return open(file, config, clock, Uptime.ofThisMachine());
    }

    /** As above, ageing by that uptime. */
    public static Journal open(Path file, JournalConfig config, Clock clock, Uptime uptime)
            throws JournalUnavailableException, NewerSchemaException {
        return open(file, config, clock, uptime, Commit.DURABLE);
    }

    static Journal open(Path file, JournalConfig config, Clock clock, Commit commit)
            throws JournalUnavailableException, NewerSchemaException {
        return open(file, config, clock, Uptime.ofThisMachine(), commit);
    }

    static Journal open(Path file, JournalConfig config, Clock clock, Uptime uptime, Commit commit)
            throws JournalUnavailableException, NewerSchemaException {
        try {
            JournalFile opened = JournalFile.open(file, SCHEMA, config.maxBytes(), clock, commit);
            try {
                return new Journal(opened, config, clock, uptime);
            } catch (SQLException | RuntimeException e) {
                opened.database().close();
                throw e;
            }
        } catch (SQLException e) {
            throw JournalUnavailableException.of(file, config.maxBytes(), e);
        } catch (IOException e) {
            throw JournalUnavailableException.of(file, e);
        }
    }

    /** Names this file in every id: random, made with the file. */
    public String epoch() {
        return file.epoch();
    }

    /** Whether the file was new or closed before it was opened; else a process died with it. */
    public boolean stoppedCleanly() {
        return file.stoppedCleanly();
    }

    /** The readings that were pushed and wait for their verdicts. */
    public Inbox inbox() {
        return inbox;
    }

    /** What runs after each append that brought rows, on its thread: it wakes somebody and returns. */
    public void onAppend(Runnable listener) {
        onAppend = listener;
    }

    /** What runs once when the agent has to start again for the file's sake, on any thread; it returns at once. */
    public void onFault(Runnable listener) {
        file.faults().onFault(listener);
    }

    /** What a person should know of damage that was found, a sentence each. */
    public List<String> troubles() {
        return file.troubles();
    }

    /** As {@link #append(Batch)}, with no attempts, and nothing ahead. */
    public void append(List<? extends Outcome> outcomes, Map<String, String> positions)
            throws JournalUnavailableException {
        append(outcomes, positions, Map.of());
    }

    /** As {@link #append(Batch)}, with nothing ahead. */
    public void append(List<? extends Outcome> outcomes, Map<String, String> positions, Map<String, Attempt> attempts)
            throws JournalUnavailableException {
        append(new Batch(List.copyOf(outcomes), List.of(), List.of(), positions, attempts));
    }

    /**
     * Makes the batch durable. Outcomes that are here already, because the batch is repeated or its reading was read
     * again, stay as they are.
     *
     * @throws JournalUnavailableException the caller keeps the batch and tries the same again; nothing of it was written,
     *     or, when the answer to the commit was lost, all of it
     */
    public void append(Batch batch) throws JournalUnavailableException {
        Inserted inserted = write(connection -> insert(connection, batch));
        limit = inserted.limit();
        if (inserted.rows() > 0) {
            onAppend.run();
        }
    }

    /** Where a source goes on. */
    public Optional<String> position(String source) throws JournalUnavailableException {
        return read(connection -> new Marks(reading.on(connection)).position(source));
    }

    /** What was last noted of attempts at a source. */
    public Optional<Attempt> attempt(String source) throws JournalUnavailableException {
        return read(connection -> new Marks(reading.on(connection)).attempt(source));
    }

    /**
     * The unsent rows that come next: by priority, most urgent first, then by seq.
     *
     * Rows that are not worth sending any more become gaps on the way.
     *
     * @param max how many at most
     * @param after the seq, by priority, that is under way already; 0 for a priority that it does not hold
     */
    public List<PendingVerdict> pending(int max, Map<Priority, Long> after) throws JournalUnavailableException {
        Pages.Pending found = read(connection -> pages(connection).pending(max, after));
        // To the end, however long: an empty page means that nothing is left, and must not mean anything else.
        while (found.expired() && expire() > 0) {
            found = read(connection -> pages(connection).pending(max, after));
        }
        return found.rows();
    }

    /** The newest rows, sent or not, newest first. */
    public List<PendingVerdict> latest(int max) throws JournalUnavailableException {
        return read(connection -> pages(connection).latest(max));
    }

    /** The seq that each priority gave last; 0 where it gave none. */
    public Map<Priority, Long> lastSeqs() throws JournalUnavailableException {
        return read(connection -> {
            Map<Priority, Long> last = new EnumMap<>(Priority.class);
            for (Line line : new Lines(reading.on(connection)).inOrder()) {
                last.put(line.priority(), line.last());
            }
            return last;
        });
    }

    /** One row, sent or not; empty when it is not held, or no longer. */
    public Optional<PendingVerdict> find(Priority priority, long seq) throws JournalUnavailableException {
        return read(connection -> pages(connection).find(priority, seq));
    }

    /** The rows of a stretch that are still held, sent or not, by seq. */
    public List<PendingVerdict> held(Priority priority, long from, long to, int max)
            throws JournalUnavailableException {
        return read(connection -> pages(connection).held(priority, from, to, max));
    }

    /** Notes that the fleet has all rows of these priorities up to those seqs. A mark never goes back. */
    public void markSent(Map<Priority, Long> through) throws JournalUnavailableException {
        if (!through.isEmpty()) {
            write(connection -> {
                new Sending(writing.on(connection)).markSent(through);
                return true;
            });
        }
    }

    /** Gives unsent rows up, those of the stretch that are here; they become a gap that the fleet is told of. */
    public void drop(Priority priority, long from, long to, String reason) throws JournalUnavailableException {
        write(connection -> new Sending(writing.on(connection)).drop(priority, from, to, reason, null));
    }

    /** What was dropped and not yet told, most urgent first. */
    public List<Gap> gaps(int max) throws JournalUnavailableException {
        return read(connection -> new Sending(reading.on(connection)).gaps(file.epoch(), max));
    }

    /** Notes that the fleet knows these. One that has grown since it was read stays. */
    public void markTold(Collection<Gap> gaps) throws JournalUnavailableException {
        if (!gaps.isEmpty()) {
            write(connection -> {
                new Sending(writing.on(connection)).told(gaps);
                return true;
            });
        }
    }

    /** The counts, as the last transaction left them. */
    public Depth depth() throws JournalUnavailableException {
        return read(connection -> Depth.of(reading.on(connection), config.maxBytes()));
    }

    /**
     * Makes gaps of unsent rows that are past their time, erases texts and deletes sent rows that are past theirs, and
     * gives the space back to the disk. Does a bounded part in each transaction, so that appends go on meanwhile.
     */
    public void sweep(RetentionConfig retention) throws JournalUnavailableException {
        Age age = write(connection -> {
            ageing.note(writing.on(connection));
            return ageing.age(writing.on(connection));
        });
        long texts = age.lastOf(retention.text());
        long verdicts = age.lastOf(retention.verdicts());
        int changed = 0;
        int step;
        do {
            step = (int) expire();
            step += write(connection -> new Retention(writing.on(connection)).eraseTexts(texts));
            step += write(connection -> new Retention(writing.on(connection)).deleteSent(verdicts));
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
            Optional<String> damage = database.quickCheck();
            damage.ifPresent(what -> file.faults().met(Damage.found(what)));
            return damage;
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    @Override
    public void close() {
        file.faults().close();
    }

    /** As {@link #close}, for who only looked: an unclean stop that was found stays one. */
    public void closeAsFound() {
        database.closeAsFound();
    }

    private Inserted insert(Connection connection, Batch batch) throws SQLException {
        Quota quota = new Quota(writing.on(connection), config, room, limit);
        int rows = new Append(writing.on(connection), toNumbers, quota, ageing.stamp(), clock.millis()).write(batch);
        return new Inserted(rows, quota.limit());
    }

    private Pages pages(Connection connection) throws SQLException {
        Prepared prepared = reading.on(connection);
        return new Pages(prepared, fromNumbers, file.epoch(), config.priorities(), ageing.age(prepared));
    }

    private long expire() throws JournalUnavailableException {
        return write(connection -> {
            Prepared prepared = writing.on(connection);
            return new Retention(prepared).expire(config.priorities(), ageing.age(prepared));
        });
    }

    /** The writer's statements, inside a transaction. */
    Prepared writing(Connection connection) {
        return writing.on(connection);
    }

    <T> T write(Database.Work<T> work) throws JournalUnavailableException {
        long[] mine = new long[1];
        try {
            T result = database.write(connection -> {
                if (ended != begun) {
                    // What the one before it prepared, gathered and numbered went with it.
                    writing.forget();
                    toNumbers.forget();
                }
                mine[0] = ++begun;
                return work.run(connection);
            });
            ended = mine[0];
            return result;
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    <T> T read(Database.Work<T> work) throws JournalUnavailableException {
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
        file.faults().met(cause);
        return JournalUnavailableException.of(database.file(), config.maxBytes(), cause);
    }
}
