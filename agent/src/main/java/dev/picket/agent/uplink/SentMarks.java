package dev.picket.agent.uplink;

import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.pulse.Pulse;
import dev.picket.inference.Priority;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves the journal's marks once the broker has acknowledged all rows up to them, many in one transaction, beside the
 * sending.
 *
 * <pre>
 *   reserve -> handOver -> (publish) -> acknowledged -> all before it, too -> marked     the place is given back
 *                                    -> acknowledged, and older rows are unsent: early   the place is given back
 *                                    -> failed                                           the place is given back
 * </pre>
 *
 * A row holds its place until it is marked, so what a crash can make the uplink send again is bounded by the places; with
 * {@code live-first} early rows are sent again as well ({@link EarlyRows}).
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
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Map<Priority, EarlyRows> early = new EnumMap<>(Priority.class);
    private final Map<Priority, Long> ready = new EnumMap<>(Priority.class);
    private int readyPlaces;
    private volatile long stopBy;
    private volatile boolean stopping;

    /**
     * @param places the most rows in flight or acknowledged and not yet marked
     * @param batch how many acknowledged rows are marked at once without waiting for others
     * @param delay how long an acknowledged row may wait for others
     */
    public SentMarks(Journal journal, int places, int batch, Duration delay) {
        this.journal = journal;
        this.places = places;
        this.batch = Math.min(batch, places);
        this.delay = delay;
        this.free = new Semaphore(places);
        for (Priority priority : Priority.values()) {
            early.put(priority, new EarlyRows());
        }
    }

    /** Takes a place for a row that is about to be handed over; false when none came free in time. */
    boolean reserve(Duration patience) throws InterruptedException {
        return free.tryAcquire() || free.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Notes a row that goes now; null, and its place is given back, when its page is out of date. */
    Lane.@Nullable Row handOver(Lane lane, long seq) {
        lock.lock();
        try {
            if (lane.isCut()) {
                free.release();
                return null;
            }
            return lane.handOver(seq);
        } finally {
            lock.unlock();
        }
    }

    /** The broker has the row. Never blocks for the journal. */
    void acknowledged(Lane.Row row) {
        lock.lock();
        try {
            if (row.isCut()) {
                free.release();
                return;
            }
            Lane lane = row.lane();
            int grown = lane.acknowledge(row);
            if (grown > 0 && lane.early()) {
                early(lane).add(lane.first(), lane.through());
                free.release(grown);
            } else if (grown > 0) {
                readyPlaces += grown;
                ready(lane, lane.through());
            }
        } finally {
            lock.unlock();
        }
    }

    /** The row was not taken, or nobody knows: it and all behind it in its lane are handed over again. */
    void failed(Lane.Row row) {
        lock.lock();
        try {
            int given = row.isCut() ? 0 : row.lane().cut(row);
            free.release(given + 1);
        } finally {
            lock.unlock();
        }
    }

    /** Behind which seq a lane goes on, with a page that is read now. */
    long resume(Lane lane) {
        lock.lock();
        try {
            lane.pass(early(lane).skip(lane.resume()));
            return lane.resume();
        } finally {
            lock.unlock();
        }
    }

    /** Rows of the lane up to this one are not to be handed over; a lane that was cut meanwhile goes on at its cut. */
    void pass(Lane lane, long seq) {
        lock.lock();
        try {
            if (!lane.isCut()) {
                lane.pass(seq);
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isEarly(Lane lane, long seq) {
        lock.lock();
        try {
            return early(lane).has(seq);
        } finally {
            lock.unlock();
        }
    }

    /** How many stretches of a priority are acknowledged before older rows. */
    int earlyStretches(Priority priority) {
        lock.lock();
        try {
            return early.getOrDefault(priority, new EarlyRows()).size();
        } finally {
            lock.unlock();
        }
    }

    /** The journal has no more rows for {@code before}: once its last is acknowledged, the mark may pass {@code live}. */
    void allHandedOver(Lane before, Lane live) {
        lock.lock();
        try {
            if (live.early() && before.isSettled() && !before.isCut()) {
                live.join();
                ready(live, live.through());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nothing is in flight or unmarked, so that what the journal calls unsent is just that, or early. */
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
                Pulse.beat();
                markNext();
            }
        } catch (InterruptedException e) {
            LOG.debug("The marking thread was interrupted; what it had not marked is sent again");
        }
    }

    private EarlyRows early(Lane lane) {
        return early.computeIfAbsent(lane.priority(), _ -> new EarlyRows());
    }

    private void ready(Lane lane, long through) {
        ready.merge(lane.priority(), through, Math::max);
        more.signal();
    }

    private boolean awaitsMore() {
        boolean inFlight = free.availablePermits() < places;
        lock.lock();
        try {
            return !ready.isEmpty() || (inFlight && System.nanoTime() - stopBy < 0);
        } finally {
            lock.unlock();
        }
    }

    private void markNext() throws InterruptedException {
        Map<Priority, Long> through;
        int held;
        lock.lock();
        try {
            long look = LOOK.toNanos();
            while (ready.isEmpty() && look > 0) {
                look = more.awaitNanos(look);
            }
            if (ready.isEmpty()) {
                return;
            }
            long left = delay.toNanos();
            while (readyPlaces < batch && !stopping && left > 0) {
                left = more.awaitNanos(left);
            }
            through = new EnumMap<>(ready);
            held = readyPlaces;
            ready.clear();
            readyPlaces = 0;
        } finally {
            lock.unlock();
        }
        mark(through, held);
    }

    private void mark(Map<Priority, Long> through, int held) throws InterruptedException {
        while (true) {
            try {
                journal.markSent(through);
                forgetEarly(through);
                free.release(held);
                return;
            } catch (JournalUnavailableException e) {
                LOG.warn("{} acknowledged rows could not be marked as sent: {}", held, e.getMessage());
                if (stopping) {
                    free.release(held);
                    return;
                }
                TimeUnit.NANOSECONDS.sleep(RETRY.toNanos());
            }
        }
    }

    private void forgetEarly(Map<Priority, Long> through) {
        lock.lock();
        try {
            through.forEach((priority, seq) ->
                    early.getOrDefault(priority, new EarlyRows()).forgetThrough(seq));
        } finally {
            lock.unlock();
        }
    }
}
