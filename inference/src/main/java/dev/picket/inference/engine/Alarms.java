package dev.picket.inference.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Calls back when a time is over. Nearly every turn ends long before its deadline, and waking a thread for each would cost
 * more than the turn's own bookkeeping: the one thread sleeps until the earliest deadline that it has heard of and looks
 * then who is still there. It starts with the first turn and leaves when there were none for a while.
 */
final class Alarms implements AutoCloseable {
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final long idleNanos;
    private final Set<Turn> turns = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Thread sleeper;
    /** When the sleeper wakes by itself; only moves to earlier under the lock while it sleeps. */
    private volatile long wakesAtNanos;

    private boolean closed;

    Alarms() {
        this(IDLE_NANOS);
    }

    Alarms(long idleNanos) {
        this.idleNanos = idleNanos;
    }

    /** Expires the turn at its deadline, unless it is cleared before. */
    void set(Turn turn) {
        turns.add(turn);
        if (sleeper == null || turn.endNanos() - wakesAtNanos < 0) {
            wakeBy(turn.endNanos());
        }
    }

    void clear(Turn turn) {
        turns.remove(turn);
    }

    private synchronized void wakeBy(long endNanos) {
        if (closed) {
            return;
        }
        Thread now = sleeper;
        if (now == null) {
            wakesAtNanos = endNanos;
            sleeper = Thread.ofPlatform().name("picket-deadlines").daemon().start(this::sleep);
        } else if (endNanos - wakesAtNanos < 0) {
            wakesAtNanos = endNanos;
            LockSupport.unpark(now);
        }
    }

    private void sleep() {
        long idleSince = System.nanoTime();
        while (true) {
            long now = System.nanoTime();
            idleSince = turns.isEmpty() ? idleSince : now;
            if (isOver(now - idleSince >= idleNanos)) {
                return;
            }
            lookAgainBy(earliest(now));
            LockSupport.parkNanos(this, wakesAtNanos - System.nanoTime());
        }
    }

    /** Whoever sets a turn adds it before it looks for the sleeper, so the sleeper leaves before it looks for turns. */
    private synchronized boolean isOver(boolean idle) {
        Thread self = sleeper;
        if (closed || idle) {
            sleeper = null;
            if (closed || turns.isEmpty()) {
                return true;
            }
            sleeper = self;
        }
        // Until the turns were looked through each that comes is asked to say so.
        wakesAtNanos = System.nanoTime() + idleNanos;
        return false;
    }

    private long earliest(long now) {
        turns.stream().filter(turn -> turn.endNanos() - now <= 0).forEach(turn -> {
            clear(turn);
            turn.expire();
        });
        long earliest = now + idleNanos;
        for (Turn turn : turns) {
            earliest = turn.endNanos() - earliest < 0 ? turn.endNanos() : earliest;
        }
        return earliest;
    }

    private synchronized void lookAgainBy(long endNanos) {
        if (endNanos - wakesAtNanos < 0) {
            wakesAtNanos = endNanos;
        }
    }

    boolean isAwake() {
        return sleeper != null;
    }

    @Override
    public synchronized void close() {
        closed = true;
        LockSupport.unpark(sleeper);
    }
}
