package dev.picket.agent.uplink;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides when the reported state is said again: when it has changed, and not sooner than {@code every} after the last. */
public final class Reporter {
    private final Topics topics;
    private final Supplier<Report> state;
    private final Duration every;
    private final LongFunction<Duration> spacing;
    private final Clock clock;

    private byte[] last = {};
    private long lastBytes;
    private Instant lastAt = Instant.MIN;
    private volatile boolean wanted;

    /** @param spacing how far apart reports of a size must be at least, for the sake of a metered link */
    public Reporter(
            Topics topics, Supplier<Report> state, Duration every, LongFunction<Duration> spacing, Clock clock) {
        this.topics = topics;
        this.state = state;
        this.every = every;
        this.spacing = spacing;
        this.clock = clock;
    }

    /** Forgets what was said: a broker that was away may have lost what it retained. */
    void newConnection() {
        last = new byte[0];
        lastAt = Instant.MIN;
    }

    /** Makes the report due, as it stands; from any thread. */
    public void sayAgain() {
        wanted = true;
    }

    /** What to publish now, null when there is nothing new to say or it is too soon. */
    @Nullable
    Message due() {
        if (wanted) {
            wanted = false;
            newConnection();
        }
        Instant now = clock.instant();
        boolean tooSoon = !lastAt.equals(Instant.MIN) && !now.isBefore(lastAt) && now.isBefore(lastAt.plus(interval()));
        if (tooSoon) {
            return null;
        }
        byte[] report = ReportJson.bytes(state.get());
        if (Arrays.equals(report, last)) {
            return null;
        }
        return Message.retained(topics.report(), report);
    }

    private Duration interval() {
        Duration wide = spacing.apply(lastBytes);
        return wide.compareTo(every) > 0 ? wide : every;
    }

    /** Remembers what the broker has acknowledged. */
    void said(Message report) {
        last = report.payload();
        lastBytes = PacketSize.of(report);
        lastAt = clock.instant();
    }
}
