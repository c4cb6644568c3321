package dev.picket.inference.engine;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Calls back when a time is over; its one thread starts with the first and leaves when there are none for a while. */
final class Alarms implements AutoCloseable {
    private static final long IDLE_SECONDS = 60;

    private final ScheduledThreadPoolExecutor timer;

    Alarms() {
        timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("picket-deadlines").daemon().factory());
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
    }

    /** Expires the turn at its deadline, unless cancelled before. */
    Future<?> set(Turn turn) {
        return timer.schedule(turn::expire, turn.leftNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
