package dev.picket.agent.journal;

import dev.picket.agent.config.InboxConfig;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Readings that were pushed, from the answer to their sender until their verdicts are there. It is a part of the
 * journal's file, so that one transaction has both the verdict and the removal.
 *
 * <pre>
 * inbox  id (grows, never given twice) | source | message | at | text | cut
 * seen   id (grows) | source, message (UNIQUE) | stamp: what was taken within the dedupe window
 *
 * receive: one transaction, on disk before the sender hears of it; a message that is in seen is a duplicate
 * next:    a page, in the order in which they came
 * done:    saving the position "inbox ID" removes what it passes, in the transaction of the verdicts
 * </pre>
 *
 * Survives a killed process and a cut of power: a sender that got its answer finds its reading judged once; one that got
 * none sends again, and the message's id makes it one. Without an id it may be judged twice.
 */
public final class Inbox {
    public static final int MAX_ID_CHARS = 512;

    static final String POSITION = "inbox ";
    private static final int FORGET_AFTER = 500;
    /** More than came since the last time, so that what is old does not pile up. */
    private static final int FORGOTTEN_AT_ONCE = 2_000;

    /** What waits may take this part of the journal's file, so that verdicts keep the rest. */
    static final int PART_OF_FILE = 4;

    private final Journal journal;
    private final LongSupplier age;
    private final long maxBytes;
    /** So that what is old goes at the first receipt, and then now and then; changed under the journal's lock. */
    private int untilForgetting;

    /**
     * @param age how old the journal is, in milliseconds: a clock that jumps makes it forget nothing too early
     * @param maxBytes what the texts of all sources that wait may take together
     */
    Inbox(Journal journal, LongSupplier age, long maxBytes) {
        this.journal = journal;
        this.age = age;
        this.maxBytes = maxBytes;
    }

    /** What became of one call. */
    public record Receipt(int accepted, int duplicates) {}

    /** The position of a source that has judged through this row. */
    public static String position(long id) {
        return POSITION + id;
    }

    /**
     * Takes readings, all or none; they are on disk when this returns.
     *
     * @throws InboxFullException when too many wait already; send again later
     */
    public Receipt receive(String source, List<PushedReading> readings, InboxConfig limits)
            throws JournalUnavailableException, InboxFullException {
        return journal.write(connection -> taken(connection, source, readings, limits))
                .orElseThrow(() -> new InboxFullException(source, limits.waiting()));
    }

    /** The readings that wait, oldest first, behind that row. */
    public List<InboxRow> next(String source, long after, int max) throws JournalUnavailableException {
        return journal.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement(
                    "SELECT id, message, at, text, cut FROM inbox WHERE source = ? AND id > ? ORDER BY id LIMIT ?")) {
                query.setString(1, source);
                query.setLong(2, after);
                query.setInt(3, max);
                return rows(query);
            }
        });
    }

    /**
     * Drops what waits for sources that are no longer there, since nobody would judge it and its texts would stay.
     *
     * @param sources those that are
     * @return how many readings were dropped; they are counted as {@code source-gone}
     */
    public int keepOnly(Set<String> sources) throws JournalUnavailableException {
        return journal.write(connection -> {
            int dropped = 0;
            for (String source : all(connection)) {
                if (!sources.contains(source)) {
                    dropped += delete(connection, "DELETE FROM inbox WHERE source = ?", source);
                    delete(connection, "DELETE FROM seen WHERE source = ?", source);
                }
            }
            if (dropped > 0) {
                new Counters(journal.writing(connection)).add(Counters.DROP, "source-gone", dropped);
            }
            return dropped;
        });
    }

    private static List<String> all(Connection connection) throws SQLException {
        List<String> sources = new ArrayList<>();
        try (PreparedStatement query =
                        connection.prepareStatement("SELECT source FROM inbox UNION SELECT source FROM seen");
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                sources.add(rows.getString(1));
            }
        }
        return sources;
    }

    private static int delete(Connection connection, String sql, String source) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setString(1, source);
            return delete.executeUpdate();
        }
    }

    /** Removes what a position has passed; one of another kind of source passes nothing here. */
    static void passed(Prepared prepared, String source, String position) throws SQLException {
        if (position.startsWith(POSITION)) {
            PreparedStatement delete = prepared.get("DELETE FROM inbox WHERE source = ? AND id <= ?");
            delete.setString(1, source);
            delete.setLong(2, Long.parseLong(position.substring(POSITION.length())));
            delete.executeUpdate();
        }
    }

    /** Empty: there is no room for so many, and nothing was taken. */
    private Optional<Receipt> taken(
            Connection connection, String source, List<PushedReading> readings, InboxConfig limits)
            throws SQLException {
        if (waiting(connection, source, limits.waiting()) + readings.size() > limits.waiting()
                || waitingBytes(connection) + bytes(readings) > maxBytes) {
            return Optional.empty();
        }
        int accepted = 0;
        for (PushedReading reading : readings) {
            if (isNew(connection, source, reading)) {
                insert(connection, source, reading);
                accepted++;
            }
        }
        untilForgetting -= accepted;
        if (untilForgetting <= 0) {
            forget(connection, source, limits);
            untilForgetting = FORGET_AFTER;
        }
        return Optional.of(new Receipt(accepted, readings.size() - accepted));
    }

    private static long waiting(Connection connection, String source, int most) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT count(*) FROM (SELECT 1 FROM inbox WHERE source = ? LIMIT ?)")) {
            query.setString(1, source);
            query.setInt(2, most);
            try (ResultSet rows = query.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    private static long waitingBytes(Connection connection) throws SQLException {
        try (PreparedStatement query =
                        connection.prepareStatement("SELECT coalesce(sum(octet_length(text)), 0) FROM inbox");
                ResultSet rows = query.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static long bytes(List<PushedReading> readings) {
        return readings.stream()
                .mapToLong(reading -> reading.text().getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }

    private boolean isNew(Connection connection, String source, PushedReading reading) throws SQLException {
        if (reading.messageId() == null) {
            return true;
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO seen (source, message, stamp) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")) {
            insert.setString(1, source);
            insert.setString(2, reading.messageId());
            insert.setLong(3, age.getAsLong());
            return insert.executeUpdate() > 0;
        }
    }

    private static void insert(Connection connection, String source, PushedReading reading) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO inbox (source, message, at, text, cut) VALUES (?, ?, ?, ?, ?)")) {
            insert.setString(1, source);
            insert.setString(2, reading.messageId());
            insert.setLong(3, reading.at().toEpochMilli());
            insert.setString(4, reading.text());
            insert.setInt(5, reading.cut() ? 1 : 0);
            insert.executeUpdate();
        }
    }

    /** What is older than the window, and what is beyond the count. */
    private void forget(Connection connection, String source, InboxConfig limits) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("""
                DELETE FROM seen WHERE id IN (
                  SELECT id FROM seen WHERE source = ?1 AND (stamp < ?2
                    OR id <= (SELECT id FROM seen WHERE source = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?3))
                  ORDER BY id LIMIT ?4)""")) {
            delete.setString(1, source);
            delete.setLong(2, age.getAsLong() - limits.dedupe().toMillis());
            delete.setInt(3, limits.remembered());
            delete.setInt(4, FORGOTTEN_AT_ONCE);
            delete.executeUpdate();
        }
    }

    private static List<InboxRow> rows(PreparedStatement query) throws SQLException {
        List<InboxRow> found = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                PushedReading reading = new PushedReading(
                        rows.getString(2),
                        Instant.ofEpochMilli(rows.getLong(3)),
                        rows.getString(4),
                        rows.getInt(5) != 0);
                found.add(new InboxRow(rows.getLong(1), reading));
            }
        }
        return found;
    }
}
