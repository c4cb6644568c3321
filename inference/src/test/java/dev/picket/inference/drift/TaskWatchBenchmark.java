package dev.picket.inference.drift;

import dev.picket.inference.Signals;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What one verdict costs the drift watch: hashing its text, counting it, and its share of a pane's end, at which windows are compared. Run
 * with {@code -prof gc} for what it allocates.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@NullUnmarked
public class TaskWatchBenchmark {
    private static final int TEXTS_PER_PANE = 8192;
    private static final Duration PANE = Duration.ofHours(4);
    private static final int KNOWN = 64;

    /** The defaults of the section drift. */
    private static final DriftSettings SETTINGS =
            new DriftSettings(PANE.multipliedBy(6), 500, Duration.ofDays(3), 1000, 0.15, 0.15, 0.1, TEXTS_PER_PANE);

    private TaskWatch watch;
    private Instant now;
    private long texts;

    @Setup
    public void begin() {
        now = Instant.parse("2026-11-21T08:00:00Z");
        watch = new TaskWatch(WatchState.of("fraud", "digest", 3, now), SETTINGS);
        watch.tick(now, true);
    }

    /** Counted; the floor never says the same twice. */
    @Benchmark
    public TaskWatch aNewText() {
        return saw(texts);
    }

    /** Known by its hash and not counted; the floor repeats itself. */
    @Benchmark
    public TaskWatch aTextThatComesAgain() {
        return saw(texts % KNOWN);
    }

    private TaskWatch saw(long which) {
        long hash = TextHash.of("Pump 3 stopped: pressure at inlet fell below the limit, event " + which, 42);
        watch.saw(new Observation(
                "fraud", "digest", "line", hash, (int) (texts % 3), 0.9, new Signals(16, 70, null, 0.2)));
        if (++texts % TEXTS_PER_PANE == 0) {
            now = now.plus(PANE);
            watch.tick(now, true);
        }
        return watch;
    }
}
