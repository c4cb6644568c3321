package dev.picket.agent.uplink;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Where {@link ConnectionLoop} leaves the connection that is up, for those who send over it. */
public final class CurrentConnection {
    /**
     * @param since when it came up; what was written before is historical
     * @param session its number
     */
    public record Up(BrokerConnection connection, Instant since, long session) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Up up;

    /** Null: there is none. */
    public void set(@Nullable Up now) {
        lock.lock();
        try {
            up = now;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The connection that is up now, null while there is none. */
    public @Nullable Up get() {
        lock.lock();
        try {
            return up;
        } finally {
            lock.unlock();
        }
    }

    /** Waits at most {@code patience} for one that is up; one that is over, and not taken away yet, is none. */
    @Nullable
    Up await(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lockInterruptibly();
        try {
            while (!usable(up) && left > 0) {
                left = changed.awaitNanos(left);
            }
            return usable(up) ? up : null;
        } finally {
            lock.unlock();
        }
    }

    private static boolean usable(@Nullable Up candidate) {
        return candidate != null && candidate.connection().isOpen();
    }

    public boolean isUp() {
        return get() != null;
    }
}
