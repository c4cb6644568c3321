package dev.picket.agent.uplink;

import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.inference.Priority;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Marks rows as sent once the broker has acknowledged them, many in one transaction, beside the sending.
 *
 * <pre>
 *   reserve -> (publish) -> acknowledged, and all before it -> marked      the place is given back
 *                        -> acknowledged, one before it is not             waits, with its place, for that one
 *                        -> lost, refused                                  a hole: the place is given back, the rows
 *                                                                          behind it are sent again
 * </pre>
 *
 * A mark is one number a priority, so it passes only what is acknowledged without a hole; "before" means what was handed
 * over before on this connection, since seqs that were dropped are never handed over. A row holds its place until it is
 * marked, so what a crash can make the uplink send again is bounded by the places.
 */
public final class SentMarks implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(SentMarks.class);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_ACKS = Duration.ofSeconds(1);

    private enum State {
        OPEN,
        ACKNOWLEDGED,
        HOLE
    }

    private static final class Row {
        private State state = State.OPEN;
        /** Places that it holds although it is acknowledged. */
        private int places;
    }

    private final Journal journal;
    private final int places;
    private final int batch;
    private final Duration delay;
    private final Semaphore free;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Map<Priority, NavigableMap<Long, Row>> rows = new EnumMap<>(Priority.class);
    private final Map<Priority, Long> ready = new EnumMap<>(Priority.class);
    private int readyPlaces;
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
        for (Priority priority : Priority.values()) {
            rows.put(priority, new TreeMap<>());
        }
    }

    /** Takes a place for a row that is about to be published; false when none came free in time. */
    boolean reserve(Priority priority, long seq, Duration patience) throws InterruptedException {
        if (!free.tryAcquire() && !free.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        lock.lock();
        try {
            line(priority).computeIfAbsent(seq, _ -> new Row()).state = State.OPEN;
        } finally {
            lock.unlock();
        }
        return true;
    }

    /** Gives the place of a row back that is not sent after all. */
    void release(Priority priority, long seq) {
        lock.lock();
        try {
            Row row = line(priority).get(seq);
            if (row != null) {
                row.state = State.HOLE;
                giveBack(line(priority).tailMap(seq, true).values());
            }
            free.release();
        } finally {
            lock.unlock();
        }
    }

    /** The broker has the row. Never blocks for the journal. */
    void acknowledged(Priority priority, long seq) {
        lock.lock();
        try {
            NavigableMap<Long, Row> line = line(priority);
            Row row = line.get(seq);
            if (row == null) {
                // Sent twice, and marked after the first acknowledgement.
                free.release();
                return;
            }
            row.state = State.ACKNOWLEDGED;
            row.places++;
            if (line.headMap(seq).values().stream().anyMatch(before -> before.state == State.HOLE)) {
                giveBack(List.of(row));
            }
            advance(priority, line);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nothing is in flight or unmarked, so that what the journal calls unsent is just that. */
    boolean settled(Duration patience) throws InterruptedException {
        if (!free.tryAcquire(places, patience.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        lock.lock();
        try {
            rows.values().forEach(NavigableMap::clear);
        } finally {
            lock.unlock();
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
                markNext();
            }
        } catch (InterruptedException e) {
            LOG.debug("The marking thread was interrupted; what it had not marked is sent again");
        }
    }

    private void advance(Priority priority, NavigableMap<Long, Row> line) {
        while (!line.isEmpty() && line.firstEntry().getValue().state == State.ACKNOWLEDGED) {
            Map.Entry<Long, Row> first = line.pollFirstEntry();
            ready.put(priority, first.getKey());
            readyPlaces += first.getValue().places;
            more.signal();
        }
    }

    private void giveBack(Iterable<Row> waiting) {
        for (Row row : waiting) {
            free.release(row.places);
            row.places = 0;
        }
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
        Map<Priority, Long> through = new EnumMap<>(Priority.class);
        int held;
        lock.lock();
        try {
            long patience = LOOK.toNanos();
            while (ready.isEmpty() && patience > 0) {
                patience = more.awaitNanos(patience);
            }
            if (ready.isEmpty()) {
                return;
            }
            long left = delay.toNanos();
            while (readyPlaces < batch && !stopping && left > 0) {
                left = more.awaitNanos(left);
            }
            through.putAll(ready);
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

    private NavigableMap<Long, Row> line(Priority priority) {
        return rows.computeIfAbsent(priority, _ -> new TreeMap<>());
    }
}
