package dev.picket.agent.read;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The low-water mark of one source: how far all readings have their outcomes. Readings finish in any order; the mark
 * passes one only after all before it.
 *
 * <pre>
 * take(a) take(b) take(c)     a . b . c .      mark at the start
 * settle(b)                   a . b + c .      no position to save: a is open
 * settle(a)                   a + b + c .      position "after b", saved together with a's outcome
 * pass()                      c .              a and b give their room to others
 * </pre>
 */
final class LowWater {
    /** A reading's place in the order of its source. */
    static final class Ticket {
        private final String after;
        private final Instant at;
        private boolean settled;
        private boolean passed;

        private Ticket(String after, Instant at) {
            this.after = after;
            this.at = at;
        }
    }

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

    Ticket take(String after, Instant at) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (tickets.size() >= max) {
                passed.await();
            }
            Ticket ticket = new Ticket(after, at);
            tickets.add(ticket);
            return ticket;
        } finally {
            lock.unlock();
        }
    }

    /** Notes that these have their outcomes; answers the position to save with them, empty where it does not move. */
    Optional<String> settle(Collection<Ticket> decided) {
        lock.lock();
        try {
            decided.forEach(ticket -> ticket.settled = true);
            @Nullable String position = null;
            for (Ticket ticket : tickets) {
                if (!ticket.settled) {
                    break;
                }
                position = ticket.after;
            }
            return Optional.ofNullable(position);
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
