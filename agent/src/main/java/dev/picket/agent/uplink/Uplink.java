package dev.picket.agent.uplink;

import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.inference.Priority;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
 * a row: the row stays first in its line and is offered again after a pause.
 */
public final class Uplink implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Uplink.class);
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
    private final AtomicInteger refusedCode = new AtomicInteger();
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
        refusedCode.set(0);
        try {
            drain(up);
        } catch (BrokerUnavailableException e) {
            LOG.debug("Sending stopped: {}", e.getMessage());
        } catch (JournalUnavailableException e) {
            LOG.error("Nothing is sent, because the journal cannot be read: {}", e.getMessage());
            appended.tryAcquire(pace.pause().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void drain(CurrentConnection.Up up)
            throws BrokerUnavailableException, JournalUnavailableException, InterruptedException {
        Map<Priority, Long> underWay = new EnumMap<>(Priority.class);
        while (!stopping && up.connection().isOpen()) {
            appended.drainPermits();
            List<PendingVerdict> page = journal.pending(pace.page(), underWay);
            if (page.isEmpty()) {
                appended.tryAcquire(pace.idle().toMillis(), TimeUnit.MILLISECONDS);
            }
            send(page, up, underWay);
            if (refusedCode.get() != 0) {
                pauseAfterRefusal();
                return;
            }
        }
    }

    private void send(List<PendingVerdict> page, CurrentConnection.Up up, Map<Priority, Long> underWay)
            throws BrokerUnavailableException, InterruptedException {
        long readAt = System.nanoTime();
        for (PendingVerdict row : page) {
            boolean stale = appended.availablePermits() > 0 && System.nanoTime() - readAt > STALE_PAGE_NANOS;
            if (stopping || stale || refusedCode.get() != 0) {
                return;
            }
            Message event = encoder.encode(row, up.since());
            if (!marks.reserve(pace.ackTimeout())) {
                // Not the broker's fault alone: a journal that cannot be written holds the places, too.
                LOG.warn(
                        "No row was marked as sent for {} ms", pace.ackTimeout().toMillis());
                return;
            }
            publish(up.connection(), event, row.row());
            underWay.put(row.priority(), row.seq());
        }
    }

    private void publish(BrokerConnection connection, Message event, long row)
            throws BrokerUnavailableException, InterruptedException {
        boolean handedOver = false;
        try {
            handedOver = connection.publish(event, new Sent(row), pace.ackTimeout());
        } finally {
            if (!handedOver) {
                marks.release();
            }
        }
        if (!handedOver) {
            connection.abort();
            throw new BrokerUnavailableException(
                    "The broker acknowledged nothing for %d ms, with %d publications in flight"
                            .formatted(pace.ackTimeout().toMillis(), connection.window()));
        }
    }

    private void pauseAfterRefusal() throws InterruptedException {
        LOG.error(
                "The broker refuses verdicts with reason code {}; they wait in the journal, offered again in {} ms",
                refusedCode.get(),
                pace.pause().toMillis());
        long until = System.nanoTime() + pace.pause().toNanos();
        while (!stopping && System.nanoTime() < until) {
            appended.tryAcquire(Math.max(1, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }

    private final class Sent implements Delivery {
        private final long row;

        Sent(long row) {
            this.row = row;
        }

        @Override
        public void acknowledged() {
            marks.acknowledged(row);
        }

        @Override
        public void refused(int reasonCode) {
            refusedCode.set(reasonCode);
            marks.release();
        }

        @Override
        public void lost() {
            marks.release();
        }
    }
}
