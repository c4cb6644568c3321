package dev.picket.agent.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Reads a table of a damaged file by its row numbers, around what cannot be read.
 *
 * <pre>
 * (low ........................ high]   read upwards until something cannot be read, then downwards from the other end
 *  read read X           X read read    what lies between is tried in pieces of 1, 1, 2, 4, 8 ... numbers, and each of
 *            1 1 2  4        8           those in the same way, in turn
 * </pre>
 *
 * A page that cannot be read costs its own rows; one further up in the tree those below it. It begins with one stretch for
 * each value of the high byte, where a journal keeps the priority. Rows lie densely at the beginning of such a stretch, and
 * behind the last of them more numbers than can be tried: so the pieces grow, all of a stretch are tried before one of them
 * is parted again, and after so many unreadable ones in a row the rest is given up, which bounds time and memory.
 */
final class TableWalk {
    private static final int ROWS = 500;
    private static final int HIGH_BYTE = 56;

    /** Takes a row; one that it refuses counts as unreadable. */
    @FunctionalInterface
    interface Sink {
        void take(ResultSet row) throws SQLException;
    }

    private record Range(long low, long high) {
        /** Never beyond what a long holds, since none reaches over zero. */
        long width() {
            return high - low;
        }
    }

    private final Connection from;
    private final String up;
    private final String down;
    private final Sink sink;
    private final int maxFaults;
    private int faults;
    private int faultsInARow;

    /**
     * @param key the column that is the row's number
     * @param columns what the sink sees; the first is the key
     * @param maxFaults after how many unreadable places without a row between them the rest is given up
     */
    TableWalk(Connection from, String table, String key, String columns, Sink sink, int maxFaults) {
        String where = " FROM " + table + " WHERE " + key + " > ? AND " + key + " <= ? ORDER BY " + key;
        this.from = from;
        this.up = "SELECT " + columns + where + " LIMIT " + ROWS;
        this.down = "SELECT " + columns + where + " DESC LIMIT " + ROWS;
        this.sink = sink;
        this.maxFaults = maxFaults;
    }

    /** Answers how many places could not be read. */
    int run() throws SQLException {
        Queue<Range> ranges = new ArrayDeque<>();
        ranges.add(new Range(Long.MIN_VALUE, -1));
        for (long first = 0; first < 1L << (Long.SIZE - 1 - HIGH_BYTE); first++) {
            ranges.add(new Range((first << HIGH_BYTE) - 1, (first << HIGH_BYTE) + (1L << HIGH_BYTE) - 1));
        }
        while (!ranges.isEmpty() && faultsInARow < maxFaults) {
            Range range = ranges.remove();
            Range upper = read(range, up, true);
            Range unread = upper == null ? null : read(upper, down, false);
            if (unread != null && unread.width() > 1) {
                split(unread, ranges);
            }
        }
        return faults;
    }

    private static void split(Range unread, Queue<Range> into) {
        long low = unread.low();
        for (long step = 1; low < unread.high(); step = Math.min(step * 2, 1L << HIGH_BYTE)) {
            long high = unread.high() - low <= step ? unread.high() : low + step;
            into.add(new Range(low, high));
            low = high;
        }
    }

    /** Reads on in one direction; answers what is left because something could not be read, null when nothing is. */
    private @Nullable Range read(Range range, String sql, boolean upwards) throws SQLException {
        Range left = range;
        try (PreparedStatement query = prepared(sql)) {
            while (left.low() < left.high()) {
                query.setLong(1, left.low());
                query.setLong(2, left.high());
                int rows = 0;
                try (ResultSet found = query.executeQuery()) {
                    while (found.next()) {
                        left = after(left, found.getLong(1), upwards);
                        rows++;
                        sink.take(found);
                        faultsInARow = 0;
                    }
                }
                if (rows < ROWS) {
                    return null;
                }
            }
            return null;
        } catch (SQLException e) {
            if (!Salvage.unreadable(e)) {
                throw e;
            }
            faults++;
            faultsInARow++;
            return left.low() < left.high() ? left : null;
        }
    }

    /** A statement that cannot even be prepared meets a damaged list of tables: no stretch of this one can be read. */
    private PreparedStatement prepared(String sql) throws SQLException {
        try {
            return from.prepareStatement(sql);
        } catch (SQLException e) {
            faultsInARow = maxFaults;
            throw e;
        }
    }

    private static Range after(Range range, long key, boolean upwards) throws SQLException {
        if (key <= range.low() || key > range.high()) {
            throw Damage.found("a row's number " + key + " is out of its order");
        }
        return upwards ? new Range(key, range.high()) : new Range(range.low(), key - 1);
    }
}
