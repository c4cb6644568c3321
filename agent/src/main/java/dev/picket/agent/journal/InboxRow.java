package dev.picket.agent.journal;

/**
 * A pushed reading that waits for its verdicts.
 *
 * @param id grows with each one taken, and is never given twice
 */
public record InboxRow(long id, PushedReading reading) {
    /** The reading's identity: the sender's, or ours where it gave none. */
    public String readingId() {
        String given = reading.messageId();
        return given == null ? "in:" + id : given;
    }
}
