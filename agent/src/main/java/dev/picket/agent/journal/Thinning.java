package dev.picket.agent.journal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Makes the older half of a line's unsent rows sparser, a stretch at a time, the oldest first.
 *
 * <pre>
 * pass 1   of seqs 1 2 3 4 5 6 7 8 ... those that 2 divides stay:     2   4   6   8
 * pass 2   those that 4 divides:                                          4       8
 * </pre>
 *
 * A pass ends at the middle of the line as it is then, so the newer half is whole at any time. Where a pass is, the line
 * says; once all that was thinned is sent, it begins at 2 again.
 */
final class Thinning {
    private static final String REASON = "thinned";
    private static final int STRETCH = 512;
    private static final int MOST = 1 << 20;

    private final Prepared prepared;
    private final Lines lines;
    private final Sending sending;

    Thinning(Prepared prepared) {
        this.prepared = prepared;
        this.lines = new Lines(prepared);
        this.sending = new Sending(prepared);
    }

    /**
     * @param through the last seq that may be touched
     * @return whether a row went
     */
    boolean step(Line line, long through) throws SQLException {
        long middle = line.acked() + (through - line.acked()) / 2;
        long from = Math.max(line.acked(), line.thinned());
        int keeping = line.keeping();
        while (keeping < MOST && keeping <= middle - line.acked()) {
            if (from >= middle) {
                keeping *= 2;
                from = line.acked();
                continue;
            }
            long to = end(line, from, middle);
            long rows = sending.drop(line.priority(), from + 1, to, REASON, keeping);
            Line now = lines.of(line.priority());
            lines.set(now.thinnedThrough(Math.max(to, now.acked()), keeping));
            if (rows > 0) {
                return true;
            }
            from = to;
        }
        return false;
    }

    private long end(Line line, long from, long middle) throws SQLException {
        PreparedStatement query =
                prepared.get("SELECT id FROM verdict WHERE id > ? AND id <= ? ORDER BY id LIMIT 1 OFFSET ?");
        query.setLong(1, Ids.row(line.priority(), from));
        query.setLong(2, Ids.row(line.priority(), middle));
        query.setInt(3, STRETCH - 1);
        try (ResultSet rows = query.executeQuery()) {
            return rows.next() ? Ids.seq(rows.getLong(1)) : middle;
        }
    }
}
