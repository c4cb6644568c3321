package dev.picket.inference.engine;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the users of something native and frees it when the last has left.
 *
 * <pre>
 * open (1 user: the owner) -- enter/leave --> open      end: no user enters any more, the owner leaves
 * no users                 --> freed, once, by whoever left last
 * </pre>
 */
final class Lifetime {
    private final AtomicInteger users = new AtomicInteger(1);
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Runnable free;
    private volatile boolean freed;

    Lifetime(Runnable free) {
        this.free = free;
    }

    /** Joins the users; false once {@link #end} was called or the thing is freed. */
    boolean enter() {
        for (int n = users.get(); n > 0 && !ended.get(); n = users.get()) {
            if (users.compareAndSet(n, n + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Joins for somebody who is kept alive by a user already, even after {@link #end}. */
    void share() {
        if (users.getAndUpdate(n -> n == 0 ? 0 : n + 1) == 0) {
            throw new IllegalStateException("What is freed cannot be shared");
        }
    }

    /** Leaves; the last to leave frees the thing in its own thread. */
    void leave() {
        if (users.decrementAndGet() == 0) {
            free.run();
            freed = true;
        }
    }

    /** Lets nobody in any more; further calls change nothing. */
    void end() {
        if (ended.compareAndSet(false, true)) {
            leave();
        }
    }

    /** Whether its native memory is free again. */
    boolean isFreed() {
        return freed;
    }

    /** Whether the last user has left. */
    boolean isOver() {
        return users.get() == 0;
    }
}
