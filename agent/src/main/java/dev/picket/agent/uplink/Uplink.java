package dev.picket.agent.uplink;

import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.PendingVerdict;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The send flow: {@code Journal.pending -> BrokerConnection.publish -> (acknowledged) -> SentMarks -> Journal.markSent}.
 *
 * <p>The window slides across pages: nothing ever waits for a page to be acknowledged. What is under way is known by one
 * number a priority, the last seq handed over on this connection; a new connection begins without it, from what the
 * journal alone says. So a row is sent until it is marked, in the order of its seq, and always with the same id.
 *
 * <p>A crash, a lost connection or a lost acknowledgement: sent again. A full journal: marked later. A broker that refuses
 * a row: its priority waits and goes on from that row after a pause, the others go on meanwhile ({@link Lines}). A row above
 * the broker's maximum packet size becomes a gap, since sending it would end the connection.
 */
public final class Uplink implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Uplink.class);
    private static final String TOO_LARGE = "too-large";
    /** A page read longer ago than this is given up for a new one when rows came in, which may be more urgent. */
    private static final long STALE_PAGE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /**
     * @param page rows read at a time
     * @param ackTimeout how long nothing may be acknowledged before the connection counts as dead
     * @param idle the longest wait for a row or a connection before looking again
     * @param pause the wait after a refusal or a fault of the journal
     */
    public record Pace(int page, Duration ackTimeout, Duration idle, Duration pause) {}

    private final Journal journal;
    private final CurrentConnection current;
    private final EventEncoder encoder;
    private final SentMarks marks;
    private final Pace pace;
    private final Semaphore appended = new Semaphore(0);
    private volatile @Nullable Lines lines;
    private volatile boolean stopping;

    public Uplink(Journal journal, CurrentConnection current, EventEncoder encoder, SentMarks marks, Pace pace) {
        this.journal = journal;
        this.current = current;
        this.encoder = encoder;
        this.marks = marks;
        this.pace = pace;
    }

    /** Rows were appended; for {@link Journal#onAppend}. */
    public void wake() {
        if (appended.availablePermits() == 0) {
            appended.release();
        }
    }

    /** Why verdicts stay although the broker is there; empty when none does. */
    public String trouble() {
        Lines now = lines;
        return now == null ? "" : now.trouble();
    }

    public void stop() {
        stopping = true;
        wake();
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                CurrentConnection.Up up = current.await(pace.idle());
                if (up != null && marks.settled(pace.ackTimeout())) {
                    drainUntilTrouble(up);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("The uplink's thread was interrupted and ends; the journal has what was not sent");
        }
    }

    private void drainUntilTrouble(CurrentConnection.Up up) throws InterruptedException {
        Lines fresh = new Lines(pace.pause());
        lines = fresh;
        try {
            drain(up, fresh);
        } catch (BrokerUnavailableException e) {
            LOG.debug("Sending stopped: {}", e.getMessage());
        } catch (JournalUnavailableException e) {
            LOG.error("Nothing is sent, because the journal cannot be read: {}", e.getMessage());
            appended.tryAcquire(pace.pause().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void drain(CurrentConnection.Up up, Lines handed)
            throws BrokerUnavailableException, JournalUnavailableException, InterruptedException {
        while (!stopping && up.connection().isOpen()) {
            appended.drainPermits();
            List<PendingVerdict> page = journal.pending(pace.page(), handed.after());
            if (page.isEmpty()) {
                appended.tryAcquire(handed.untilNextLook(pace.idle()).toNanos(), TimeUnit.NANOSECONDS);
            }
            send(page, up, handed);
        }
    }

    private void send(List<PendingVerdict> page, CurrentConnection.Up up, Lines handed)
            throws BrokerUnavailableException, JournalUnavailableException, InterruptedException {
        long readAt = System.nanoTime();
        for (PendingVerdict row : page) {
            boolean stale = appended.availablePermits() > 0 && System.nanoTime() - readAt > STALE_PAGE_NANOS;
            if (stopping || stale || !offer(row, up, handed)) {
                return;
            }
        }
    }

    /** Hands one row over, or passes it over where it cannot go; false when there is no place for any row. */
    private boolean offer(PendingVerdict row, CurrentConnection.Up up, Lines handed)
            throws BrokerUnavailableException, JournalUnavailableException, InterruptedException {
        if (handed.held(row.priority())) {
            return true;
        }
        Message event = encoder.encode(row, up.since());
        long bytes = PacketSize.of(event);
        if (bytes > up.connection().maximumPacketBytes()) {
            LOG.error(
                    "The row {} makes a packet of {} bytes, more than the broker takes; it is dropped",
                    row.id(),
                    bytes);
            journal.drop(row.priority(), row.seq(), row.seq(), TOO_LARGE);
            handed.handedOver(row.priority(), row.seq());
            return true;
        }
        if (!marks.reserve(row.priority(), row.seq(), pace.ackTimeout())) {
            // Not the broker's fault alone: a journal that cannot be written holds the places, too.
            LOG.warn("No row was marked as sent for {} ms", pace.ackTimeout().toMillis());
            return false;
        }
        publish(up.connection(), event, new Sent(row, handed));
        handed.handedOver(row.priority(), row.seq());
        return true;
    }

    private void publish(BrokerConnection connection, Message event, Sent sent)
            throws BrokerUnavailableException, InterruptedException {
        boolean handedOver = false;
        try {
            handedOver = connection.publish(event, sent, pace.ackTimeout());
        } finally {
            if (!handedOver) {
                marks.release(sent.row.priority(), sent.row.seq());
            }
        }
        if (!handedOver) {
            connection.abort();
            throw new BrokerUnavailableException(
                    "The broker acknowledged nothing for %d ms, with %d publications in flight"
                            .formatted(pace.ackTimeout().toMillis(), connection.window()));
        }
    }

    private final class Sent implements Delivery {
        private final PendingVerdict row;
        private final Lines handed;

        Sent(PendingVerdict row, Lines handed) {
            this.row = row;
            this.handed = handed;
        }

        @Override
        public void acknowledged() {
            handed.acknowledged(row.priority(), row.seq());
            marks.acknowledged(row.priority(), row.seq());
        }

        @Override
        public void refused(int reasonCode) {
            if (handed.refused(row.priority(), row.seq(), reasonCode)) {
                LOG.error(
                        "The broker refuses verdicts of priority {} with reason code {}; they wait in the journal",
                        row.priority().wireName(),
                        reasonCode);
            }
            marks.release(row.priority(), row.seq());
        }

        @Override
        public void lost() {
            marks.release(row.priority(), row.seq());
        }
    }
}
