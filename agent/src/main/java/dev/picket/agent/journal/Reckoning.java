package dev.picket.agent.journal;

import dev.picket.agent.sqlite.Damage;
import dev.picket.inference.Priority;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Makes a journal of the rows that could be read of a damaged one, and an account of what could not.
 *
 * <pre>
 * epoch     new, since the old one may have numbered rows that nobody remembers now
 * seq       as it was: the marks hold, and a row is found again by its old number
 * line      made of the rows where it is lost; all of them are unsent then
 * gap       old epoch: acked+1 .. last, which come under the new one or never
 *           new epoch: 1 .. acked, which came under the old one; and each hole among the unsent rows
 * counter   drop/damaged: the rows of those holes
 * ahead     the newest outcomes of each source, since what the file knew of them may be lost; more of them where the
 *           source's position is, which then reads from its beginning
 * inbox     goes on numbering behind what was given
 * </pre>
 *
 * All of it in one transaction on a file that nobody uses yet; done again after a crash it starts from the damaged file
 * again. A hole that was dropped, told and forgotten before the damage is told a second time.
 */
final class Reckoning {
    private static final int MAX_HOLES = 1_000;
    private static final int AHEAD = 512;
    private static final int AHEAD_WITHOUT_POSITION = 4_096;

    /**
     * What the damage cost.
     *
     * @param before the epoch until then; null where it could not be read
     * @param saved rows
     * @param unsent those of them that the fleet does not have
     * @param lost rows that the fleet never gets
     */
    record Loss(@Nullable String before, long saved, long unsent, long lost) {}

    private final Connection connection;
    private final @Nullable String before;

    private Reckoning(Connection connection) throws SQLException {
        this.connection = connection;
        this.before = text("SELECT value FROM meta WHERE key = 'epoch'");
    }

    /** Inside a transaction, on a file of the newest schema. */
    static Loss make(Connection connection, String epoch) throws SQLException {
        return new Reckoning(connection).make(epoch);
    }

    /** Numbers that contradict each other would be met much later, as rows that are never sent. */
    static void refuseWrong(Connection connection) throws SQLException {
        Reckoning reckoning = new Reckoning(connection);
        long lines =
                reckoning.number("SELECT count(*) FROM line WHERE rank BETWEEN 0 AND 3 AND acked BETWEEN 0 AND last"
                        + " AND unsent BETWEEN 0 AND last - acked AND bytes >= 0");
        if (lines != Priority.values().length) {
            throw Damage.found("its lines of rows contradict themselves");
        }
        for (Priority priority : Priority.values()) {
            long newest = reckoning.newest(priority);
            long last = reckoning.number("SELECT last FROM line WHERE rank = ?", Ids.rank(priority));
            if (newest > last) {
                throw Damage.found("it holds the row " + newest + " of the priority " + priority.wireName()
                        + ", and counted " + last);
            }
        }
    }

    private Loss make(String epoch) throws SQLException {
        update("DELETE FROM verdict WHERE id NOT BETWEEN 1 AND ?", Ids.row(Priority.ROUTINE, Ids.LAST_SEQ));
        update("DELETE FROM verdict WHERE origin NOT IN (SELECT id FROM origin"
                + " WHERE model = 0 OR model IN (SELECT id FROM model)) OR answer NOT IN (SELECT id FROM answer)");
        update("DELETE FROM gap WHERE rank NOT BETWEEN 0 AND 3 OR first < 1 OR last < first");
        long lost = 0;
        for (Priority priority : Priority.values()) {
            lost += line(priority);
        }
        ahead();
        inbox();
        update(
                "INSERT INTO counter (kind, name, value) VALUES ('" + Counters.DROP + "', 'damaged', ?)"
                        + " ON CONFLICT DO UPDATE SET value = value + excluded.value",
                lost);
        update(
                "INSERT INTO meta (key, value) VALUES ('epoch', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                epoch);
        return new Loss(
                before,
                number("SELECT count(*) FROM verdict"),
                number("SELECT coalesce(sum(unsent), 0) FROM line"),
                lost);
    }

    private long line(Priority priority) throws SQLException {
        int rank = Ids.rank(priority);
        update(
                "INSERT INTO line (rank, last, acked, unsent, bytes, erased, stamp) VALUES (?, 0, 0, 0, 0, 0,"
                        + " (SELECT coalesce(max(stamp), 0) FROM verdict)) ON CONFLICT DO NOTHING",
                rank);
        update("UPDATE line SET last = max(last, ?) WHERE rank = ?", newest(priority), rank);
        update("UPDATE line SET acked = min(max(acked, 0), last) WHERE rank = ?", rank);
        long acked = number("SELECT acked FROM line WHERE rank = ?", rank);
        long last = number("SELECT last FROM line WHERE rank = ?", rank);
        // What is told of the new epoch follows; what was noted of holes before the damage explains them there, too.
        long lost = holes(priority, acked, last);
        if (acked > 0) {
            gap(null, rank, 1, acked);
        }
        if (last > acked && before != null) {
            gap(before, rank, acked + 1, last);
        }
        update(
                "UPDATE line SET (unsent, bytes) = (SELECT count(*), coalesce(sum(v.bytes), 0) FROM verdict v"
                        + " WHERE v.id > ? AND v.id <= ?) WHERE rank = ?",
                Ids.row(priority, acked),
                Ids.row(priority, last),
                rank);
        return lost;
    }

    private long newest(Priority priority) throws SQLException {
        return Ids.seq(number(
                "SELECT coalesce(max(id), 0) FROM verdict WHERE id > ? AND id <= ?",
                Ids.row(priority, 0),
                Ids.row(priority, Ids.LAST_SEQ)));
    }

    /** Notes what is missing among the unsent rows and was not noted before; answers how many rows that are. */
    private long holes(Priority priority, long acked, long last) throws SQLException {
        long lost = 0;
        int noted = 0;
        long next = acked + 1;
        try (PreparedStatement query =
                connection.prepareStatement("SELECT id FROM verdict WHERE id > ? AND id <= ? ORDER BY id")) {
            query.setLong(1, Ids.row(priority, acked));
            query.setLong(2, Ids.row(priority, last));
            try (ResultSet rows = query.executeQuery()) {
                boolean more = true;
                while (more) {
                    more = rows.next();
                    long seq = more ? Ids.seq(rows.getLong(1)) : last + 1;
                    if (seq > next && !explained(priority, next, seq - 1)) {
                        lost += seq - next;
                        noted++;
                        hole(Ids.rank(priority), next, seq - 1, noted);
                    }
                    next = seq + 1;
                }
            }
        }
        return lost;
    }

    /** Beyond a number of them the last one is widened: rows inside it that do come are no contradiction. */
    private void hole(int rank, long first, long last, int number) throws SQLException {
        if (number <= MAX_HOLES) {
            gap(null, rank, first, last);
        } else {
            update("UPDATE gap SET last = ? WHERE id = (SELECT max(id) FROM gap)", last);
        }
    }

    private boolean explained(Priority priority, long first, long last) throws SQLException {
        return number(
                        "SELECT count(*) FROM gap WHERE rank = ? AND first <= ? AND last >= ?",
                        Ids.rank(priority),
                        first,
                        last)
                > 0;
    }

    private void gap(@Nullable String epoch, int rank, long first, long last) throws SQLException {
        update(
                "INSERT INTO gap (epoch, rank, first, last, reason) VALUES (?, ?, ?, ?, 'damaged')",
                epoch,
                rank,
                first,
                last);
    }

    private void ahead() throws SQLException {
        update("INSERT INTO ahead (source, reading, task, old) SELECT source, reading, task, 1 FROM ("
                + " SELECT o.source, v.reading, o.task, row_number() OVER ("
                + "   PARTITION BY o.source, o.task ORDER BY v.written_at DESC, v.id DESC) AS n"
                + " FROM verdict v JOIN origin o ON o.id = v.origin)"
                + " WHERE n <= iif(source IN (SELECT source FROM position), " + AHEAD + ", " + AHEAD_WITHOUT_POSITION
                + ") ON CONFLICT DO NOTHING");
    }

    /** No number at or below a position may be given again: it would be taken for judged. */
    private void inbox() throws SQLException {
        long passed = number(
                "SELECT coalesce(max(CAST(substr(position, length(?) + 1) AS INTEGER)), 0) FROM position"
                        + " WHERE position LIKE ? || '%'",
                Inbox.POSITION, Inbox.POSITION);
        update("INSERT INTO sqlite_sequence (name, seq) SELECT 'inbox', 0"
                + " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'inbox')");
        update("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'inbox'", passed);
    }

    private long number(String sql, Object... values) throws SQLException {
        try (PreparedStatement query = prepared(sql, values);
                ResultSet rows = query.executeQuery()) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    private @Nullable String text(String sql) throws SQLException {
        try (PreparedStatement query = prepared(sql);
                ResultSet rows = query.executeQuery()) {
            return rows.next() ? rows.getString(1) : null;
        }
    }

    private void update(String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement update = prepared(sql, values)) {
            update.executeUpdate();
        }
    }

    private PreparedStatement prepared(String sql, @Nullable Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
