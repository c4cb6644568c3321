package dev.picket.agent.read;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The low-water mark of one source: how far all readings have their outcomes. Readings finish in any order; the mark
 * passes one only after all before it.
 *
 * <pre>
 * take(a) take(b) take(c)     a . b . c .      mark at the start
 * settle(b)                   a . b + c .      no position to save: a is open; b lies ahead
 * settle(a)                   a + b + c .      position "after b", saved together with a's outcome; b is caught up with
 * pass()                      c .              a and b give their room to others
 * </pre>
 */
final class LowWater {
    /** A reading's place in the order of its source. */
    static final class Ticket {
        private final String reading;
        private final String after;
        private final Instant at;
        private boolean settled;
        private boolean passed;

        private Ticket(String reading, String after, Instant at) {
            this.reading = reading;
            this.after = after;
            this.at = at;
        }

        Instant at() {
            return at;
        }
    }

    /**
     * Where readings stand that were settled together.
     *
     * @param position to be saved with them; null where it does not move
     * @param ahead those of them that it does not pass
     * @param caughtUp ids of readings settled earlier that it passes now
     */
    record Mark(@Nullable String position, Set<Ticket> ahead, List<String> caughtUp) {}

    private final int max;
    private final Deque<Ticket> tickets = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition passed = lock.newCondition();

    /**
     * @param max how many tickets may be out; {@link #take} waits beyond
     */
    LowWater(int max) {
        this.max = max;
    }

    /**
     * @param reading its id
     * @param after the position behind it
     */
    Ticket take(String reading, String after, Instant at) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (tickets.size() >= max) {
                passed.await();
            }
            Ticket ticket = new Ticket(reading, after, at);
            tickets.add(ticket);
            return ticket;
        } finally {
            lock.unlock();
        }
    }

    /** Notes that these have their outcomes; answers what is to be saved with them. */
    Mark settle(Collection<Ticket> decided) {
        lock.lock();
        try {
            decided.forEach(ticket -> ticket.settled = true);
            Set<Ticket> ahead = new HashSet<>(decided);
            List<String> caughtUp = new ArrayList<>();
            @Nullable String position = null;
            for (Ticket ticket : tickets) {
                if (!ticket.settled) {
                    break;
                }
                position = ticket.after;
                if (!ahead.remove(ticket)) {
                    caughtUp.add(ticket.reading);
                }
            }
            return new Mark(position, ahead, caughtUp);
        } finally {
            lock.unlock();
        }
    }

    /** Lets the mark pass what is settled; its position is durable. */
    void pass() {
        lock.lock();
        try {
            while (!tickets.isEmpty() && tickets.getFirst().settled) {
                tickets.removeFirst().passed = true;
            }
            passed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void awaitPassed(Ticket ticket) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!ticket.passed) {
                passed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** When the reading at the mark was read; empty where none is out. */
    Optional<Instant> oldest() {
        lock.lock();
        try {
            return Optional.ofNullable(tickets.peekFirst()).map(ticket -> ticket.at);
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return tickets.size();
        } finally {
            lock.unlock();
        }
    }
}
