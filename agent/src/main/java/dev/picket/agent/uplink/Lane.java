package dev.picket.agent.uplink;

import dev.picket.inference.Priority;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Rows of one priority on one connection: handed over in the order of their seq, acknowledged in any.
 *
 * <pre>
 *   seq   4 5 6 7 8 9        a acknowledged, . under way, x the broker does not take it
 *         a a . a .          through = 5: all that was handed over up to it is acknowledged
 *         a a x a .          cut: 6 and all behind it are to be handed over again, once a new page is read
 * </pre>
 *
 * A seq that was never handed over is a gap of the journal, and holds nothing up. Not safe for threads: {@link SentMarks}
 * guards it.
 */
final class Lane {
    /** One row under way. */
    static final class Row {
        private final Lane lane;
        private final long seq;
        private boolean acknowledged;
        private boolean cut;

        private Row(Lane lane, long seq) {
            this.lane = lane;
            this.seq = seq;
        }

        Lane lane() {
            return lane;
        }

        long seq() {
            return seq;
        }

        boolean isCut() {
            return cut;
        }
    }

    private final Priority priority;
    private final long first;
    private final long last;
    private final Deque<Row> underWay = new ArrayDeque<>();
    private long handedOver;
    private long through;
    private boolean cut;
    private boolean early;

    /**
     * @param after behind which its rows begin
     * @param last the last seq that belongs to it
     * @param early whether older rows are still unsent, so that the journal's mark cannot pass its rows yet
     */
    Lane(Priority priority, long after, long last, boolean early) {
        this.priority = priority;
        this.first = after + 1;
        this.last = last;
        this.handedOver = after;
        this.through = after;
        this.early = early;
    }

    Priority priority() {
        return priority;
    }

    long first() {
        return first;
    }

    long last() {
        return last;
    }

    boolean early() {
        return early;
    }

    /** From now on no older row is unsent. */
    void join() {
        early = false;
    }

    /** Behind which seq the next page begins. */
    long resume() {
        cut = false;
        return handedOver;
    }

    /** Whether rows of the page that was read last may be handed over no more. */
    boolean isCut() {
        return cut;
    }

    Row handOver(long seq) {
        Row row = new Row(this, seq);
        underWay.addLast(row);
        handedOver = seq;
        return row;
    }

    /** Rows up to this one need not be handed over. */
    void pass(long seq) {
        handedOver = Math.max(handedOver, seq);
    }

    /** Notes an acknowledgement; answers by how many rows the acknowledged part has grown. */
    int acknowledge(Row row) {
        row.acknowledged = true;
        int grown = 0;
        Row head = underWay.peekFirst();
        while (head != null && head.acknowledged) {
            underWay.removeFirst();
            through = head.seq;
            grown++;
            head = underWay.peekFirst();
        }
        return grown;
    }

    /** Gives up the row and all behind it, to be handed over again; answers how many of them were acknowledged. */
    int cut(Row row) {
        cut = true;
        int acknowledged = 0;
        while (!row.cut) {
            Row tail = underWay.removeLast();
            tail.cut = true;
            acknowledged += tail.acknowledged ? 1 : 0;
        }
        handedOver = Math.min(handedOver, row.seq - 1);
        return acknowledged;
    }

    /** Through which seq all that was handed over is acknowledged. */
    long through() {
        return through;
    }

    boolean isSettled() {
        return underWay.isEmpty();
    }
}
