package dev.picket.agent.uplink;

import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Marks rows as sent once the broker has acknowledged them, many in one transaction, beside the sending.
 *
 * <pre>
 *   reserve -> (publish) -> acknowledged -> marked      the place is given back
 *                        -> lost, refused               the place is given back, the row stays unsent
 * </pre>
 *
 * A row holds its place until it is marked, so what a crash can make the uplink send again is bounded by the places.
 */
public final class SentMarks implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(SentMarks.class);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_ACKS = Duration.ofSeconds(1);

    private final Journal journal;
    private final int places;
    private final int batch;
    private final Duration delay;
    private final Semaphore free;
    private final BlockingQueue<Long> acknowledged;
    private volatile long stopBy;
    private volatile boolean stopping;

    /**
     * @param places the most rows in flight or acknowledged and not yet marked
     * @param batch the most rows in one transaction
     * @param delay how long an acknowledged row may wait for others
     */
    public SentMarks(Journal journal, int places, int batch, Duration delay) {
        this.journal = journal;
        this.places = places;
        this.batch = Math.min(batch, places);
        this.delay = delay;
        this.free = new Semaphore(places);
        this.acknowledged = new ArrayBlockingQueue<>(places);
    }

    /** Takes a place for a row that is about to be published; false when none came free in time. */
    boolean reserve(Duration patience) throws InterruptedException {
        return free.tryAcquire() || free.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Gives the place of a row back that is not sent after all. */
    void release() {
        free.release();
    }

    /** The broker has the row. Never blocks: who calls holds a place, and the queue has room for all of them. */
    void acknowledged(long row) {
        if (!acknowledged.offer(row)) {
            throw new IllegalStateException("More rows were acknowledged than places were taken");
        }
    }

    /** Waits until nothing is in flight or unmarked, so that what the journal calls unsent is just that. */
    boolean settled(Duration patience) throws InterruptedException {
        if (!free.tryAcquire(places, patience.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        free.release(places);
        return true;
    }

    /** Ends the loop after it has marked what is acknowledged, and what is acknowledged within a moment more. */
    public void stop() {
        stopBy = System.nanoTime() + LAST_ACKS.toNanos();
        stopping = true;
    }

    @Override
    public void run() {
        try {
            while (!stopping || awaitsMore()) {
                List<Long> rows = next();
                if (!rows.isEmpty()) {
                    mark(rows);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("The marking thread was interrupted; what it had not marked is sent again");
        }
    }

    private boolean awaitsMore() {
        boolean inFlight = free.availablePermits() < places;
        return !acknowledged.isEmpty() || (inFlight && System.nanoTime() - stopBy < 0);
    }

    private List<Long> next() throws InterruptedException {
        List<Long> rows = new ArrayList<>(batch);
        Long first = acknowledged.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) {
            return rows;
        }
        rows.add(first);
        long until = System.nanoTime() + delay.toNanos();
        acknowledged.drainTo(rows, batch - rows.size());
        while (rows.size() < batch && !stopping) {
            Long more = acknowledged.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (more == null) {
                break;
            }
            rows.add(more);
            acknowledged.drainTo(rows, batch - rows.size());
        }
        return rows;
    }

    private void mark(List<Long> rows) throws InterruptedException {
        while (true) {
            try {
                journal.markSent(rows);
                free.release(rows.size());
                return;
            } catch (JournalUnavailableException e) {
                LOG.warn("{} acknowledged rows could not be marked as sent: {}", rows.size(), e.getMessage());
                if (stopping) {
                    free.release(rows.size());
                    return;
                }
                TimeUnit.NANOSECONDS.sleep(RETRY.toNanos());
            }
        }
    }
}
