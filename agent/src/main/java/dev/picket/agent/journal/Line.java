package dev.picket.agent.journal;

import dev.picket.inference.Priority;

/**
 * The rows of one priority.
 *
 * @param last the last seq given
 * @param acked through which seq nothing is owed to the fleet: acknowledged, or dropped
 * @param unsent rows behind it
 * @param bytes what these count for
 * @param erased through which seq the texts are gone
 * @param stamp of the last row
 * @param thinned through which seq unsent rows were thinned by now
 * @param keeping to those whose seqs this divides
 */
record Line(
        Priority priority,
        long last,
        long acked,
        long unsent,
        long bytes,
        long erased,
        long stamp,
        long thinned,
        int keeping) {
    static final int FIRST_KEEPING = 2;

    Line appended(long seqs, long rows, long more, long at) {
        return new Line(priority, last + seqs, acked, unsent + rows, bytes + more, erased, at, thinned, keeping);
    }

    /** Without some of its unsent rows, of which the first has moved. */
    Line without(long rows, long less, long nowAcked) {
        boolean past = nowAcked >= thinned;
        return new Line(
                priority,
                last,
                nowAcked,
                unsent - rows,
                bytes - less,
                erased,
                stamp,
                past ? nowAcked : thinned,
                past ? FIRST_KEEPING : keeping);
    }

    Line erasedThrough(long seq, long less) {
        return new Line(priority, last, acked, unsent, bytes - less, seq, stamp, thinned, keeping);
    }

    Line thinnedThrough(long seq, int divisor) {
        return new Line(priority, last, acked, unsent, bytes, erased, stamp, seq, divisor);
    }
}
