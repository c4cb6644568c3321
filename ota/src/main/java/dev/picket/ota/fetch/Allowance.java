package dev.picket.ota.fetch;

import dev.picket.ota.UnavailableException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the link to web servers may carry, and when: hours, bytes a second, bytes a day. Files wait for it; metadata and
 * manifests are counted and go at once, since they are small and a gateway that does not ask is not safe. What counts
 * are the bytes of answers' bodies.
 */
public final class Allowance {
    private static final String FILES = "blobs/";
    private static final int MOST_AT_ONCE = 1 << 16;
    private static final int LEAST_AT_ONCE = 512;
    private static final int PARTS_OF_A_SECOND = 4;
    private static final DateTimeFormatter OPENING = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final Windows windows;
    private final long bytesPerSecond;
    private final @Nullable DailyBudget budget;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Retry.Sleeper sleeper;
    private long bytes;
    private long paidForNanos = Long.MIN_VALUE;

    private Allowance(
            Windows windows,
            long bytesPerSecond,
            @Nullable DailyBudget budget,
            Clock clock,
            LongSupplier nanoTime,
            Retry.Sleeper sleeper) {
        this.windows = windows;
        this.bytesPerSecond = bytesPerSecond;
        this.budget = budget;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.sleeper = sleeper;
    }

    /** One that only counts. */
    public static Allowance unlimited() {
        return new Allowance(Windows.ALWAYS, 0, null, Clock.systemUTC(), System::nanoTime, Thread::sleep);
    }

    /**
     * Makes an allowance.
     *
     * @param bytesPerSecond on average; 0 is no limit
     * @param bytesPerDay from midnight UTC, whatever is restarted; 0 is no limit
     * @param file keeps the day's count; its folder must be there once bytes come
     * @param clock with the zone in which the windows are meant
     */
    public static Allowance of(
            Windows windows,
            long bytesPerSecond,
            long bytesPerDay,
            Path file,
            Clock clock,
            LongSupplier nanoTime,
            Retry.Sleeper sleeper) {
        DailyBudget budget = bytesPerDay > 0 ? new DailyBudget(file, bytesPerDay) : null;
        return new Allowance(windows, bytesPerSecond, budget, clock, nanoTime, sleeper);
    }

    /** Bytes that came over the air since this start, metadata included; for any thread. */
    public synchronized long bytes() {
        return bytes;
    }

    /** How many bytes to take at once, so that what is limited flows and does not come in gushes. */
    int atOnce() {
        return bytesPerSecond == 0
                ? MOST_AT_ONCE
                : Math.clamp(bytesPerSecond / PARTS_OF_A_SECOND, LEAST_AT_ONCE, MOST_AT_ONCE);
    }

    /** Before a file is asked for, and before more of it is taken. */
    synchronized void check(String path) throws NotYetException {
        if (!path.startsWith(FILES)) {
            return;
        }
        ZonedDateTime now = clock.instant().atZone(clock.getZone());
        Duration closed = windows.untilOpen(now);
        if (!closed.isZero()) {
            // The same words however often they are said: what changes is a reason for another report.
            throw new NotYetException(
                    "Files are fetched only at " + windows + ", the next time from " + OPENING.format(now.plus(closed))
                            + " on.",
                    closed,
                    true);
        }
        if (budget != null) {
            budget.look(clock.instant(), nanoTime.getAsLong());
            if (budget.isUsedUp()) {
                throw new NotYetException(
                        "The day's bytes of updates.bytes-per-day are used up; more are fetched after midnight UTC.",
                        DailyBudget.untilNext(clock.instant()),
                        true);
            }
        }
    }

    /** Counts bytes that came, and waits until they are paid for. */
    void took(String path, int n) throws UnavailableException, InterruptedException {
        long wait;
        synchronized (this) {
            bytes += n;
            if (budget != null) {
                budget.look(clock.instant(), nanoTime.getAsLong());
                budget.spend(n);
            }
            wait = path.startsWith(FILES) && bytesPerSecond > 0 ? pay(n) : 0;
        }
        if (wait > 0) {
            sleeper.sleep(Duration.ofNanos(wait));
        }
        check(path);
    }

    /** After an answer, whole or not. */
    synchronized void done() throws UnavailableException {
        if (budget != null) {
            budget.settle();
        }
    }

    private long pay(int n) {
        long now = nanoTime.getAsLong();
        long cost = (long) ((double) n * SECOND_NANOS / bytesPerSecond);
        paidForNanos = (paidForNanos == Long.MIN_VALUE ? now : Math.max(paidForNanos, now)) + cost;
        return paidForNanos - now;
    }
}
