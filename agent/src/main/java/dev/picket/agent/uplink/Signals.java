package dev.picket.agent.uplink;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What others tell {@link ConnectionLoop}: flags, so that however often a thing is told, it is one. */
final class Signals {
    /** What was told since the last look. A stop stands once it is told. */
    record Told(@Nullable Ending lost, @Nullable String stopBecause, boolean birthDue) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition happened = lock.newCondition();
    private @Nullable Ending lost;
    private @Nullable String stopBecause;
    private boolean birthDue;

    void lost(Ending ending) {
        tell(() -> lost = ending);
    }

    void stop(String reason) {
        tell(() -> stopBecause = reason);
    }

    void birthDue() {
        tell(() -> birthDue = true);
    }

    /** Forgets what was told of an earlier connection. */
    void newConnection() {
        tell(() -> {
            lost = null;
            birthDue = false;
        });
    }

    /** How the latest connection ended; null where nothing was told of it. */
    @Nullable
    Ending ending() {
        lock.lock();
        try {
            return lost;
        } finally {
            lock.unlock();
        }
    }

    boolean stopping() {
        lock.lock();
        try {
            return stopBecause != null;
        } finally {
            lock.unlock();
        }
    }

    /** Waits at most {@code patience} until something is told, and takes it. */
    Told await(Duration patience) throws InterruptedException {
        long left = patience.toNanos();
        lock.lockInterruptibly();
        try {
            while (lost == null && stopBecause == null && !birthDue && left > 0) {
                left = happened.awaitNanos(left);
            }
            Told told = new Told(lost, stopBecause, birthDue);
            birthDue = false;
            return told;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for {@code pause}, or until the loop is to stop. */
    void pause(Duration pause) throws InterruptedException {
        long left = pause.toNanos();
        lock.lockInterruptibly();
        try {
            while (stopBecause == null && left > 0) {
                left = happened.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void tell(Runnable change) {
        lock.lock();
        try {
            change.run();
            happened.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
