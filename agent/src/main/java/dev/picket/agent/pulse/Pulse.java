package dev.picket.agent.pulse;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Which loops make progress. A loop that is watched says {@link #beat} on each of its rounds, and {@link #rest} before it
 * waits for long on purpose; one that is silent for longer than it may be has stalled. Whoever starts the thread says how
 * long that is; the loop itself need not know whether it is watched.
 */
public final class Pulse {
    private static final ScopedValue<Beat> MINE = ScopedValue.newInstance();
    private static final int FRAMES = 8;

    private final LongSupplier nanos;
    private final Set<Beat> beats = ConcurrentHashMap.newKeySet();

    /**
     * A loop that has been silent for too long.
     *
     * @param where what its thread was at, the newest call first
     */
    public record Stall(String loop, Duration silent, Duration allowed, String where) {}

    /** @param nanos a clock that no one sets */
    public Pulse(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * The loop, watched for as long as it runs.
     *
     * @param silence how long it may be silent
     */
    public Runnable watched(String name, Duration silence, Runnable loop) {
        return () -> {
            try (Beat beat = begin(name, silence)) {
                ScopedValue.where(MINE, beat).run(loop);
            }
        };
    }

    /** Something that the calling thread does once, watched until it is closed: it may take no longer than this. */
    public Once once(String name, Duration most) {
        return begin(name, most);
    }

    /** What {@link #once} watches. */
    public interface Once extends AutoCloseable {
        @Override
        void close();
    }

    private Beat begin(String name, Duration silence) {
        Beat beat = new Beat(name, silence);
        beats.add(beat);
        return beat;
    }

    /** The loop that calls it makes progress. */
    public static void beat() {
        rest(Duration.ZERO);
    }

    /** The loop that calls it makes progress, and then waits as it should for no longer than this. */
    public static void rest(Duration most) {
        if (MINE.isBound()) {
            MINE.get().rest(most);
        }
    }

    /** The loops that have stalled now. */
    public List<Stall> stalls() {
        long now = nanos.getAsLong();
        return beats.stream()
                .filter(each -> each.overdue(now))
                .map(each -> each.stall(now))
                .toList();
    }

    /** Names of the loops that are watched now. */
    public Set<String> loops() {
        return beats.stream().map(each -> each.name).collect(Collectors.toUnmodifiableSet());
    }

    private final class Beat implements Once {
        private final String name;
        private final Duration silence;
        private final Thread thread = Thread.currentThread();
        /** Until when it may be silent; written by its own thread alone. */
        private volatile long until;

        private Beat(String name, Duration silence) {
            this.name = name;
            this.silence = silence;
            this.until = nanos.getAsLong() + silence.toNanos();
        }

        @Override
        public void close() {
            beats.remove(this);
        }

        private void rest(Duration most) {
            until = nanos.getAsLong() + most.plus(silence).toNanos();
        }

        private boolean overdue(long now) {
            return now - until > 0;
        }

        private Stall stall(long now) {
            String where = Arrays.stream(thread.getStackTrace())
                    .limit(FRAMES)
                    .map(StackTraceElement::toString)
                    .collect(Collectors.joining(" < "));
            return new Stall(name, Duration.ofNanos(now - until).plus(silence), silence, where);
        }
    }
}
