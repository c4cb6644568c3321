package dev.picket.agent.uplink;

import dev.picket.agent.config.MeterConfig;
import dev.picket.agent.state.Metered;
import dev.picket.agent.state.State;
import dev.picket.agent.state.StateUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what the gateway publishes, and says when a row may go over a metered link. Whole MQTT packets count, whoever
 * sends them; only rows wait.
 *
 * <pre>
 *   saved   |--------------- used ----------|-- ahead --|      state.db always says at least what is used
 * </pre>
 *
 * The day's count is saved ahead in blocks, so a crash makes it too large by a block at most and never too small; a clean
 * stop saves it as it is. Without a day's budget nothing is saved, and the count begins with the process.
 */
public final class Meter {
    private static final Logger LOG = LoggerFactory.getLogger(Meter.class);
    private static final long BLOCKS_PER_DAY = 64;
    private static final long LEAST_BLOCK = 4_096;
    private static final long REPORTS_SHARE = 10;

    /**
     * @param nanos how long to wait before asking again; 0: the row may go now
     * @param reason one sentence; empty when it may go
     * @param trouble whether it is more than the pace that was asked for
     */
    record Wait(long nanos, String reason, boolean trouble) {
        static final Wait NONE = new Wait(0, "", false);
    }

    private final MeterConfig config;
    private final @Nullable State state;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final @Nullable TokenBucket bucket;
    private final DayBudget budget;
    private final long block;
    private Metered saved;

    private Meter(MeterConfig config, @Nullable State state, Clock clock, LongSupplier nanoTime, Metered saved) {
        this.config = config;
        this.state = state;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.saved = saved;
        long now = nanoTime.getAsLong();
        this.bucket =
                config.bytesPerSecond() > 0 ? new TokenBucket(config.bytesPerSecond(), config.burstBytes(), now) : null;
        this.budget = new DayBudget(config.bytesPerDay(), saved.day(), saved.bytes(), now);
        this.block = Math.max(LEAST_BLOCK, config.bytesPerDay() / BLOCKS_PER_DAY);
    }

    /** Takes the day's count up where it was left. */
    public static Meter open(MeterConfig config, State state, Clock clock, LongSupplier nanoTime)
            throws StateUnavailableException {
        Metered saved = config.bytesPerDay() > 0 ? state.metered() : new Metered(DayBudget.dayOf(clock.instant()), 0);
        return new Meter(config, state, clock, nanoTime, saved);
    }

    /** One that only counts. */
    public static Meter unlimited(Clock clock) {
        return new Meter(new MeterConfig(0, 1, 0), null, clock, System::nanoTime, new Metered(0, 0));
    }

    boolean isPaced() {
        return bucket != null;
    }

    /** What keeps a row of this many bytes, if anything does; it is not counted yet. */
    synchronized Wait untilRowMayGo(long bytes, long longestWaitNanos) {
        long now = nanoTime.getAsLong();
        budget.look(clock.instant(), now);
        if (!budget.allows(bytes)) {
            return new Wait(
                    longestWaitNanos,
                    "The day's %d bytes of uplink.meter.bytes-per-day are used up; rows wait until midnight UTC."
                            .formatted(config.bytesPerDay()),
                    true);
        }
        if (bucket != null) {
            long wait = bucket.waitNanos(bytes, now);
            if (wait > 0) {
                return new Wait(
                        Math.min(wait, longestWaitNanos),
                        "Rows go at the %d bytes a second of uplink.meter.bytes-per-second."
                                .formatted(config.bytesPerSecond()),
                        false);
            }
        }
        return savedFor(bytes)
                ? Wait.NONE
                : new Wait(
                        longestWaitNanos,
                        "The day's count cannot be saved, so rows wait; look at state.db's disk.",
                        true);
    }

    /** A packet is about to go, whatever is left: the file says so first. */
    synchronized void expect(long bytes) {
        budget.look(clock.instant(), nanoTime.getAsLong());
        savedFor(bytes);
    }

    /** Counts a packet that went. */
    synchronized void spend(long bytes) {
        long now = nanoTime.getAsLong();
        budget.look(clock.instant(), now);
        budget.spend(bytes);
        if (bucket != null) {
            bucket.spend(bytes, now);
        }
        savedFor(0);
    }

    /** Published since midnight UTC. */
    public synchronized long bytesToday() {
        budget.look(clock.instant(), nanoTime.getAsLong());
        return budget.used();
    }

    /** Null: there is none. */
    public @Nullable Long bytesPerDay() {
        return config.bytesPerDay() > 0 ? config.bytesPerDay() : null;
    }

    /** How far apart messages of this size must be, so that they take a tenth of the day's budget at most. */
    public Duration spacing(long bytes) {
        if (config.bytesPerDay() == 0) {
            return Duration.ZERO;
        }
        double days = (double) REPORTS_SHARE * bytes / config.bytesPerDay();
        return Duration.ofMillis((long) (days * Duration.ofDays(1).toMillis()));
    }

    /** Saves the count as it is, before a clean stop. */
    public synchronized void settle() {
        if (state != null
                && config.bytesPerDay() > 0
                && (saved.day() != budget.day() || saved.bytes() != budget.used())) {
            save(state, new Metered(budget.day(), budget.used()));
        }
    }

    /** Sees to it that the file says at least what is used, with as many bytes more. */
    private boolean savedFor(long bytes) {
        long needed = budget.used() + bytes;
        boolean enough = saved.day() == budget.day() && saved.bytes() >= needed;
        return state == null
                || config.bytesPerDay() == 0
                || enough
                || save(state, new Metered(budget.day(), needed + block));
    }

    private boolean save(State to, Metered count) {
        try {
            to.saveMetered(count);
            saved = count;
            return true;
        } catch (StateUnavailableException e) {
            LOG.warn("What the link carried today could not be saved: {}", e.getMessage());
            return false;
        }
    }
}
