package dev.picket.agent.commands;

import java.time.Duration;

/** Lets one line a time through, so that nobody outside fills the log. Not for more than one thread. */
public final class LogLimit {
    private final long everyNanos;
    private long lastNanos;
    private boolean used;

    public LogLimit(Duration every) {
        this.everyNanos = every.toNanos();
    }

    public boolean mayLog() {
        long now = System.nanoTime();
        if (used && now - lastNanos < everyNanos) {
            return false;
        }
        used = true;
        lastNanos = now;
        return true;
    }
}
