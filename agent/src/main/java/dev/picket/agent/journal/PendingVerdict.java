package dev.picket.agent.journal;

import dev.picket.inference.Priority;
import java.time.Instant;

/**
 * A verdict as it stands in the journal.
 *
 * @param row its row, for {@link Journal#markSent}
 * @param seq its place in (epoch, priority), dense from 1
 * @param writtenAt when it was made durable, in milliseconds
 */
public record PendingVerdict(long row, String epoch, Priority priority, long seq, Instant writtenAt, Verdict verdict) {
    /** The event's id: the same whenever and however often it is sent. */
    public String id() {
        return epoch + "-" + priority.wireName() + "-" + seq;
    }
}
