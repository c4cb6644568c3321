package dev.picket.agent.uplink;

import java.time.Duration;
import java.time.Instant;

/**
 * What one day may carry, from midnight to midnight UTC.
 *
 * <pre>
 *   the wall clock's day is later than the counted one    a new budget begins
 *   it is the same                                        the count goes on
 *   it is earlier: the clock was put back                 the count goes on, until 24 hours have passed by the monotonic
 *                                                         clock; then a new budget begins, counted for the day that
 *                                                         follows, so that reaching its midnight brings no second one
 * </pre>
 *
 * So however a clock is put back, two budgets are never nearer than 24 hours. A clock that is put forward brings the
 * next day's budget early, since a gateway without a clock of its own starts just so.
 */
final class DayBudget {
    private static final long DAY_SECONDS = Duration.ofDays(1).toSeconds();
    private static final long DAY_NANOS = Duration.ofDays(1).toNanos();

    private final long bytesPerDay;
    private long day;
    private long used;
    private long sinceNanos;

    /** @param day days since 1970 of a count that is taken up again */
    DayBudget(long bytesPerDay, long day, long used, long nowNanos) {
        this.bytesPerDay = bytesPerDay;
        this.day = day;
        this.used = used;
        this.sinceNanos = nowNanos;
    }

    /** Begins a new day where one has come. */
    void look(Instant wall, long nowNanos) {
        long today = dayOf(wall);
        if (today > day) {
            begin(today, nowNanos);
        } else if (today < day && nowNanos - sinceNanos >= DAY_NANOS) {
            begin(today + 1, nowNanos);
        }
    }

    /** One that is larger than half of the budget goes while less than half is used; else it would never go. */
    boolean allows(long bytes) {
        boolean fits = bytes <= bytesPerDay - used;
        boolean huge = bytes > bytesPerDay / 2;
        return bytesPerDay == 0 || fits || (huge && used < bytesPerDay / 2);
    }

    void spend(long bytes) {
        used += bytes;
    }

    long day() {
        return day;
    }

    long used() {
        return used;
    }

    static long dayOf(Instant wall) {
        return Math.floorDiv(wall.getEpochSecond(), DAY_SECONDS);
    }

    private void begin(long newDay, long nowNanos) {
        day = newDay;
        used = 0;
        sinceNanos = nowNanos;
    }
}
