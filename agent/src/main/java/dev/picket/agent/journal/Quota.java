package dev.picket.agent.journal;

import dev.picket.agent.config.JournalConfig;
import dev.picket.inference.Priority;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Gives room when the rows use more than they may, inside the transaction that brought them.
 *
 * <pre>
 * 1. sent rows, the oldest first
 * 2. refuse: the append fails, and its source waits
 *    drop:   unsent rows of the priority that is furthest over its share, by its rule, until it fits:
 *            drop-oldest  the oldest                                             reason "quota"
 *            thin         of the older half every second, then every fourth ...  reason "thinned"
 * </pre>
 *
 * Rows that the transaction itself brought go last. What lay in the file before its limit was lowered is no reason to drop:
 * while the file uses more than it may, it only must not use more than before.
 */
final class Quota {
    private static final String REASON = "quota";
    private static final int FULL = 13;
    private static final int ROWS_A_STEP = 256;
    private static final int MAX_SENT_STEPS = 16;

    private final Prepared prepared;
    private final JournalConfig config;
    private final Room room;
    private final Lines lines;
    private final Sending sending;
    private long limit;

    /**
     * @param limit pages that may be used now: {@code room.rows()}, or more after it was lowered
     */
    Quota(Prepared prepared, JournalConfig config, Room room, long limit) {
        this.prepared = prepared;
        this.config = config;
        this.room = room;
        this.lines = new Lines(prepared);
        this.sending = new Sending(prepared);
        this.limit = limit;
    }

    /** Pages that may be used from now on, once the transaction is committed. */
    long limit() {
        return limit;
    }

    Room room() {
        return room;
    }

    /** Pages in use. */
    static long used(Prepared prepared) throws SQLException {
        return number(prepared, "PRAGMA page_count") - number(prepared, "PRAGMA freelist_count");
    }

    /**
     * @param before the lines as they were before the transaction
     * @throws SQLException with SQLITE_FULL when nothing may go
     */
    void make(Map<Priority, Line> before) throws SQLException {
        long used = used(prepared);
        if (used > room.rows()) {
            used = giveSent(used);
        }
        boolean all = false;
        while (used > limit) {
            if (config.whenFull() == JournalConfig.WhenFull.REFUSE) {
                throw new SQLException("No sent row is left to make room.", null, FULL);
            }
            if (!giveUnsent(before, used - limit, all)) {
                if (all) {
                    throw new SQLException("No row is left to make room.", null, FULL);
                }
                all = true;
            }
            used = used(prepared);
        }
    }

    private long giveSent(long before) throws SQLException {
        long used = before;
        for (int step = 0; step < MAX_SENT_STEPS && used > room.rows(); step++) {
            if (new Retention(prepared).deleteOldestSent() == 0) {
                break;
            }
            used = used(prepared);
            limit = Math.max(room.rows(), Math.min(limit, used));
        }
        return used;
    }

    private boolean giveUnsent(Map<Priority, Line> before, long pages, boolean newOnesToo) throws SQLException {
        Map<Priority, Line> now = lines.all();
        long total = now.values().stream().mapToLong(Line::bytes).sum();
        List<Line> byExcess = now.values().stream()
                .sorted(Comparator.comparingLong((Line line) -> -excess(line, total)))
                .toList();
        for (Line line : byExcess) {
            Line then = before.getOrDefault(line.priority(), line);
            long through = newOnesToo ? line.last() : then.last();
            if (line.acked() < through && give(line, through, pages)) {
                return true;
            }
        }
        return false;
    }

    private long excess(Line line, long total) {
        return line.bytes() - total * config.priorities().of(line.priority()).percent() / 100;
    }

    private boolean give(Line line, long through, long pages) throws SQLException {
        if (config.priorities().of(line.priority()).thins() && new Thinning(prepared).step(line, through)) {
            return true;
        }
        // Half of what is missing at a time, since how much a page holds is only estimated.
        long last = oldest(line, through, pages * Room.PAGE_BYTES / 2);
        return sending.drop(line.priority(), line.acked() + 1, last, REASON, null) > 0;
    }

    /** Through which seq the oldest rows make so many bytes. */
    private long oldest(Line line, long through, long bytes) throws SQLException {
        PreparedStatement query =
                prepared.get("SELECT id, bytes FROM verdict WHERE id > ? AND id <= ? ORDER BY id LIMIT ?");
        query.setLong(1, Ids.row(line.priority(), line.acked()));
        query.setLong(2, Ids.row(line.priority(), through));
        query.setInt(3, ROWS_A_STEP);
        long seq = line.acked();
        long sum = 0;
        try (ResultSet rows = query.executeQuery()) {
            while (sum < bytes && rows.next()) {
                seq = Ids.seq(rows.getLong(1));
                sum += rows.getLong(2);
            }
        }
        return seq;
    }

    private static long number(Prepared prepared, String pragma) throws SQLException {
        try (ResultSet rows = prepared.get(pragma).executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
