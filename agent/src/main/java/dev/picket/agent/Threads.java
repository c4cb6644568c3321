package dev.picket.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The loops of one flow: started together, and ended together within a time. */
final class Threads {
    private final List<Thread> running = new ArrayList<>();

    void start(String name, Runnable loop) {
        running.add(Thread.ofPlatform().name("picket-" + name).daemon().start(loop));
    }

    /** Waits for the loops, which have been told to stop, and interrupts those that are not done in time. */
    void join(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        try {
            for (Thread thread : running) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
                if (thread.isAlive()) {
                    thread.interrupt();
                    thread.join(Math.max(1, patience.toMillis()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void interrupt() {
        running.forEach(Thread::interrupt);
    }
}
