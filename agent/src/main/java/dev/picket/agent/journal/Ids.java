package dev.picket.agent.journal;

import dev.picket.agent.sqlite.Damage;
import dev.picket.inference.Priority;
import java.sql.SQLException;

/** {@code verdict.id}: the priority's rank in the high byte, the seq below it. */
final class Ids {
    static final long LAST_SEQ = (1L << 56) - 1;
    private static final int SHIFT = 56;

    private Ids() {}

    static long row(Priority priority, long seq) {
        return (long) rank(priority) << SHIFT | Math.clamp(seq, 0, LAST_SEQ);
    }

    static long seq(long row) {
        return row & LAST_SEQ;
    }

    static Priority priorityOf(long row) throws SQLException {
        return priority((int) (row >>> SHIFT));
    }

    /** The number on disk; the order of the enum may change, this may not. */
    static int rank(Priority priority) {
        return switch (priority) {
            case ESCALATION -> 0;
            case ALARM -> 1;
            case NOTICE -> 2;
            case ROUTINE -> 3;
        };
    }

    static Priority priority(int rank) throws SQLException {
        return switch (rank) {
            case 0 -> Priority.ESCALATION;
            case 1 -> Priority.ALARM;
            case 2 -> Priority.NOTICE;
            case 3 -> Priority.ROUTINE;
            default -> throw Damage.found("No priority has the rank " + rank + ".");
        };
    }
}
