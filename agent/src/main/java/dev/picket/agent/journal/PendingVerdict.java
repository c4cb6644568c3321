package dev.picket.agent.journal;

import dev.picket.inference.Priority;
import java.time.Duration;
import java.time.Instant;

/**
 * A verdict as it stands in the journal.
 *
 * @param seq its place in (epoch, priority), dense from 1
 * @param writtenAt when it was made durable, in milliseconds
 * @param lifeLeft for how long it is still worth sending; zero or less for one that is kept for other reasons
 */
public record PendingVerdict(
        String epoch, Priority priority, long seq, Instant writtenAt, Duration lifeLeft, Verdict verdict) {
    /** The event's id: the same whenever and however often it is sent. */
    public String id() {
        return epoch + "-" + priority.wireName() + "-" + seq;
    }
}
