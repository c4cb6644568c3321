package dev.picket.agent.sqlite;

import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One SQLite file with one writer and one reader connection.
 *
 * <pre>
 * WAL, synchronous=FULL      a committed transaction survives a killed process and a cut of power
 * one writer, BEGIN IMMEDIATE a transaction is whole or absent; the reader sees committed ones only
 * user_version = n           the first n migrations of the schema are applied, each in its own transaction
 * opened(clean)              0 while the file is open, 1 after close(), see OpenNote
 * </pre>
 *
 * The {@code -wal} and {@code -shm} files beside it belong to it: deleting them loses what was committed last. A disk
 * that reports writes as done which are not is not survived. A damaged file is told by the fault of whatever meets the
 * damage ({@link Damage}) and by {@link #quickCheck()}; one that was deleted or replaced under the agent by each write
 * ({@link Place}).
 */
public final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final int PAGE_BYTES = 4096;
    private static final long MAX_WAL_BYTES = 8L << 20;
    private static final long MAX_CHECKPOINT_PAGES = 1_000;

    /** What is done with a connection; it neither begins nor commits. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    private final Path file;
    private final Connection writer;
    private final Connection reader;
    private final Commit commit;
    private final boolean stoppedCleanly;
    private final Place place;
    private final ReentrantLock writing = new ReentrantLock();
    private final ReentrantLock reading = new ReentrantLock();

    private Database(Path file, Connection writer, Connection reader, Commit commit, boolean stoppedCleanly) {
        this.file = file;
        this.writer = writer;
        this.reader = reader;
        this.commit = commit;
        this.stoppedCleanly = stoppedCleanly;
        this.place = Place.of(file);
    }

    /** As {@link #open(Path, Schema, long, Commit)}, durable. */
    public static Database open(Path file, Schema schema, long maxBytes) throws SQLException, NewerSchemaException {
        return open(file, schema, maxBytes, Commit.DURABLE);
    }

    /**
     * Opens the file, makes it where it is not there, and brings it to the newest schema.
     *
     * @param file in a folder that exists
     * @param maxBytes what the file and the -wal file beside it may grow to together, as long as no transaction writes more
     *     than half of {@link #walBytes}; a write beyond it fails with SQLITE_FULL and changes nothing. A file that is larger
     *     already may still grow by such a transaction
     * @throws NewerSchemaException when a newer agent wrote it; the file is as it was
     */
    public static Database open(Path file, Schema schema, long maxBytes, Commit commit)
            throws SQLException, NewerSchemaException {
        boolean logThere = Files.exists(file.resolveSibling(file.getFileName() + "-wal"));
        Connection writer = connect(file, false);
        try {
            refuseNewer(writer, file, schema);
            execute(writer, "PRAGMA auto_vacuum = INCREMENTAL");
            execute(writer, "PRAGMA journal_mode = WAL");
            execute(writer, "PRAGMA synchronous = FULL");
            execute(writer, "PRAGMA secure_delete = ON");
            execute(writer, "PRAGMA temp_store = MEMORY");
            boolean clean = migrate(writer, schema);
            if (!clean && !logThere) {
                throw Damage.found("its -wal file is gone, and with it what was committed last");
            }
            OpenNote.opened(writer, clean);
            refuseIncomplete(writer, schema);
            forceFolder(file);
            limit(writer, maxBytes);
            return new Database(file, writer, connect(file, true), commit, clean);
        } catch (SQLException e) {
            if (Damage.is(e)) {
                writer.close();
            } else {
                OpenNote.close(file, writer);
            }
            throw e;
        } catch (NewerSchemaException | RuntimeException e) {
            OpenNote.close(file, writer);
            throw e;
        }
    }

    /** Runs the work in one transaction: all of it is durable when this returns, nothing of it when this throws. */
    public <T> T write(Work<T> work) throws SQLException {
        writing.lock();
        try {
            Place.Now now = place.now();
            if (now != Place.Now.HERE) {
                throw new MisplacedException(file, now);
            }
            execute(writer, "BEGIN IMMEDIATE");
            try {
                T result = work.run(writer);
                commit.commit(writer);
                return result;
            } catch (SQLException | RuntimeException | Error e) {
                rollBack(e);
                throw e;
            }
        } finally {
            writing.unlock();
        }
    }

    /** Runs one or more queries on the reader; each sees what was committed before it. */
    public <T> T read(Work<T> work) throws SQLException {
        reading.lock();
        try {
            return work.run(reader);
        } finally {
            reading.unlock();
        }
    }

    /**
     * Runs a statement that may not stand in a transaction, such as a checkpoint, to its end: an incremental vacuum goes
     * page by page, and the driver's {@code execute} would take the first step only.
     */
    public void maintain(String sql) throws SQLException {
        writing.lock();
        try (Statement statement = writer.createStatement()) {
            statement.executeUpdate(sql);
        } finally {
            writing.unlock();
        }
    }

    /** Writes all that is committed to a file that is not there yet, as if it were closed, whether this one has its name or not. */
    public void copyInto(Path other) throws SQLException {
        maintain("UPDATE opened SET clean = 1");
        // SQLite's own copy of pages, by the driver's word for it; a VACUUM INTO would refuse while statements are
        // kept.
        maintain("backup to '" + other.toAbsolutePath() + "'");
    }

    /** What the -wal file has of all that a file may take. */
    public static long walBytes(long maxBytes) {
        return Math.min(MAX_WAL_BYTES, maxBytes / 4);
    }

    /** Whether the file was new, or closed by {@link #close()}, before it was opened. */
    public boolean stoppedCleanly() {
        return stoppedCleanly;
    }

    public Path file() {
        return file;
    }

    public boolean isClosed() throws SQLException {
        return writer.isClosed();
    }

    /**
     * Sets room aside, in the file and in its -wal: what is deleted and written again within it needs nothing of the disk.
     * For the file that must be written to when the disk is full. Without room for it now it is tried at the next open.
     */
    public void reserve(long bytes) {
        try {
            maintain("DROP TABLE IF EXISTS reserve");
            maintain("CREATE TABLE reserve (room BLOB)");
            maintain("INSERT INTO reserve VALUES (zeroblob(" + bytes + "))");
            maintain("PRAGMA wal_checkpoint(RESTART)");
            maintain("DROP TABLE reserve");
            // From its beginning again, and again long before the end of what it has now.
            maintain("PRAGMA wal_checkpoint(RESTART)");
            maintain("PRAGMA wal_autocheckpoint = " + Math.max(1, bytes / PAGE_BYTES / 4));
        } catch (SQLException e) {
            LOG.warn("No room could be set aside for {}: {}", file, e.getMessage());
        }
    }

    /** Where the file stands that is open. */
    public Place.Now place() {
        return place.now();
    }

    /**
     * Looks for damage, on a connection of its own so that nobody waits; the time grows with the file.
     *
     * @return what is damaged, empty where nothing is
     */
    public Optional<String> quickCheck() throws SQLException {
        try (Connection own = connect(file, true)) {
            String answer = text(own, "PRAGMA quick_check(1)");
            return answer.equals("ok") ? Optional.empty() : Optional.of("The file " + file + " is damaged: " + answer);
        }
    }

    /** Closes the file and notes that it was; a second call does nothing. */
    @Override
    public void close() {
        close(true);
    }

    /** Closes the file and leaves the note of an unclean stop as it was found. */
    public void closeAsFound() {
        close(stoppedCleanly);
    }

    private void close(boolean clean) {
        writing.lock();
        try {
            if (writer.isClosed()) {
                return;
            }
            closeReader();
            OpenNote.closed(file, writer, clean);
        } catch (SQLException e) {
            LOG.warn("The file {} could not be closed", file, e);
        } finally {
            writing.unlock();
        }
    }

    private void closeReader() throws SQLException {
        reading.lock();
        try {
            reader.close();
        } finally {
            reading.unlock();
        }
    }

    private static Connection connect(Path file, boolean readOnly) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
        try {
            execute(connection, "PRAGMA busy_timeout = 5000");
            if (readOnly) {
                execute(connection, "PRAGMA query_only = ON");
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static void refuseNewer(Connection writer, Path file, Schema schema)
            throws SQLException, NewerSchemaException {
        int found = Integer.parseInt(text(writer, "PRAGMA user_version"));
        if (found > schema.version()) {
            throw new NewerSchemaException(file, found, schema.version());
        }
    }

    /** A damaged list of tables would be met by each statement as a fault of the statement. */
    private static void refuseIncomplete(Connection writer, Schema schema) throws SQLException {
        try (Connection model = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            for (int version = 1; version <= schema.version(); version++) {
                execute(model, schema.script(version));
            }
            String parts = "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_master"
                    + " WHERE name NOT IN ('opened', 'reserve') ORDER BY name)";
            String wanted = text(model, parts);
            String found = text(writer, parts);
            if (!wanted.equals(found)) {
                throw Damage.found("it has the tables " + found + ", and should have " + wanted);
            }
        }
    }

    /** A new file has its name for sure only then. */
    private static void forceFolder(Path file) throws SQLException {
        try {
            AtomicFiles.forceFolder(Objects.requireNonNull(file.toAbsolutePath().getParent()));
        } catch (IOException e) {
            throw new SQLException("its folder could not be forced: " + e.getMessage(), e);
        }
    }

    /** Answers whether the last stop was clean. */
    private static boolean migrate(Connection writer, Schema schema) throws SQLException {
        int from = Integer.parseInt(text(writer, "PRAGMA user_version"));
        if (from == 0
                && !text(writer, "SELECT count(*) FROM sqlite_master WHERE name <> 'opened'")
                        .equals("0")) {
            throw Damage.found("it has tables, and no number of its schema");
        }
        OpenNote.create(writer);
        for (int version = from + 1; version <= schema.version(); version++) {
            execute(
                    writer,
                    "BEGIN IMMEDIATE;" + schema.script(version) + ";PRAGMA user_version = " + version + ";COMMIT");
        }
        return OpenNote.clean(writer);
    }

    /** A checkpoint begins at half of what the -wal file may have, so the other half is left for one transaction. */
    private static void limit(Connection writer, long maxBytes) throws SQLException {
        long walPages = walBytes(maxBytes) / PAGE_BYTES;
        long pages = Long.parseLong(text(writer, "PRAGMA page_count"));
        execute(writer, "PRAGMA journal_size_limit = " + walBytes(maxBytes));
        execute(writer, "PRAGMA wal_autocheckpoint = " + Math.clamp(walPages / 2, 1, MAX_CHECKPOINT_PAGES));
        execute(writer, "PRAGMA max_page_count = " + Math.max(maxBytes / PAGE_BYTES - walPages, pages + walPages / 2));
    }

    private void rollBack(Throwable cause) {
        try {
            execute(writer, "ROLLBACK");
        } catch (SQLException e) {
            // SQLite has rolled back by itself (disk full, I/O error): that is what was wanted.
            cause.addSuppressed(e);
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (sql.startsWith("PRAGMA")) {
                statement.execute(sql);
            } else {
                statement.executeUpdate(sql);
            }
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            String text = rows.next() ? rows.getString(1) : null;
            if (text == null) {
                throw Damage.found("it has no answer to " + sql);
            }
            return text;
        }
    }
}
