package dev.picket.agent.http;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Bounds how many texts are asked by hand, in each second and at once, so that readings keep most of the machine. */
final class AskLimit {
    private final int perSecond;
    private final int atOnce;
    private final LongSupplier nanos;
    private long secondBegan;
    private int thisSecond;
    private int running;

    /**
     * @param nanos a time that only grows
     */
    AskLimit(int perSecond, int atOnce, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.atOnce = atOnce;
        this.nanos = nanos;
        this.secondBegan = nanos.getAsLong();
    }

    /** Whether one more may be asked now; then {@link #end} is called after it. */
    synchronized boolean begin() {
        long now = nanos.getAsLong();
        if (now - secondBegan >= TimeUnit.SECONDS.toNanos(1)) {
            secondBegan = now;
            thisSecond = 0;
        }
        if (thisSecond >= perSecond || running >= atOnce) {
            return false;
        }
        thisSecond++;
        running++;
        return true;
    }

    synchronized void end() {
        running--;
    }
}
