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
 */
record Line(Priority priority, long last, long acked, long unsent, long bytes, long erased, long stamp) {
    Line appended(long rows, long more, long at) {
        return new Line(priority, last + rows, acked, unsent + rows, bytes + more, erased, at);
    }

    /** Without some of its unsent rows, of which the first has moved. */
    Line without(long rows, long less, long nowAcked) {
        return new Line(priority, last, nowAcked, unsent - rows, bytes - less, erased, stamp);
    }

    Line erasedThrough(long seq, long less) {
        return new Line(priority, last, acked, unsent, bytes - less, seq, stamp);
    }
}
