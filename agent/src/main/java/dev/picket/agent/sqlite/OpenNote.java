package dev.picket.agent.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * What a file says of whether it is open: {@code opened(clean)}.
 *
 * <pre>
 *   1 --opened--> 0, in the file itself and not in its -wal alone --closed--> 1
 *   0 found at open: an unclean stop; without a -wal beside it somebody has removed that
 * </pre>
 *
 * Each step holds on a disk that is full to the last byte: the -wal file keeps the room that it has, so the note of the end needs
 * none; and where a file must be left at 0, its -wal is left, too.
 */
final class OpenNote {
    private static final Logger LOG = LoggerFactory.getLogger(OpenNote.class);
    private static final String CHECKPOINT = "PRAGMA wal_checkpoint(RESTART)";

    private OpenNote() {}

    /** Makes the note where there is none: of a file that was closed. */
    static void create(Connection writer) throws SQLException {
        Database.execute(writer, """
                CREATE TABLE IF NOT EXISTS opened (
                  id INTEGER PRIMARY KEY CHECK (id = 1), clean INTEGER NOT NULL) STRICT""");
        Database.execute(writer, "INSERT INTO opened (id, clean) VALUES (1, 1) ON CONFLICT DO NOTHING");
    }

    static boolean clean(Connection writer) throws SQLException {
        try (Statement statement = writer.createStatement();
                ResultSet rows = statement.executeQuery("SELECT clean FROM opened")) {
            return rows.next() && rows.getInt(1) == 1;
        }
    }

    /** After a crash the file says so already, and a full disk may have no room to say it again. */
    static void opened(Connection writer, boolean clean) throws SQLException {
        if (clean) {
            Database.execute(writer, "UPDATE opened SET clean = 0");
            Database.execute(writer, CHECKPOINT);
            return;
        }
        try {
            Database.execute(writer, CHECKPOINT);
        } catch (SQLException e) {
            if (Damage.is(e)) {
                throw e;
            }
            LOG.debug("What a -wal file holds has no room in its file yet", e);
        }
    }

    /** Notes the end, and closes the last connection but readers that are closed; where there was no end to note, leaves all as it was. */
    static void closed(Path file, Connection writer, boolean clean) {
        if (!clean) {
            close(file, writer);
            return;
        }
        String note = "UPDATE opened SET clean = 1";
        try {
            try {
                Database.execute(writer, note);
            } catch (SQLException e) {
                LOG.debug("There was no room for the note at the end of {}, but in its -wal file's beginning", file, e);
                Database.execute(writer, CHECKPOINT);
                Database.execute(writer, note);
            }
            writer.close();
        } catch (SQLException e) {
            LOG.warn("The file {} could not be closed cleanly, its next start counts as one after a crash", file, e);
            close(file, writer);
        }
    }

    /**
     * Closes a file that says it is open. SQLite deletes the -wal file with the last connection that may write, which would look at
     * the next start as if somebody else had: so one that may not is there at the end.
     */
    static void close(Path file, Connection writer) {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        try (Connection last =
                        DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath(), config.toProperties());
                Statement statement = last.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM sqlite_master")) {
            LOG.debug("{} is left with its -wal file: {}", file, rows.next());
            writer.close();
        } catch (SQLException e) {
            LOG.debug("{} is closed without a look at its -wal file", file, e);
            closeQuietly(writer);
        }
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A connection could not be closed", e);
        }
    }
}
