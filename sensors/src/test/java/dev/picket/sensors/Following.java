package dev.picket.sensors;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A source that runs on a thread of its own, and what it handed over. */
final class Following implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    record Taken(Reading reading, String after) {
        String text() {
            return reading.text();
        }
    }

    private final Source source;
    private final BlockingQueue<Taken> queue = new LinkedBlockingQueue<>();
    private final Thread thread;

    Following(Source source) {
        this(source, null);
    }

    /** @param sink null: what is handed over is taken from here */
    Following(Source source, @Nullable Sink sink) {
        this.source = source;
        this.thread = Thread.ofPlatform().start(() -> {
            try {
                source.run(sink != null ? sink : (reading, after) -> queue.put(new Taken(reading, after)));
            } catch (InterruptedException e) {
                // Told to stop.
            }
        });
    }

    List<Taken> take(int count) throws InterruptedException {
        List<Taken> taken = new ArrayList<>();
        while (taken.size() < count) {
            Taken next = queue.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw new AssertionError("only " + taken + " came; trouble: " + source.trouble());
            }
            taken.add(next);
        }
        return taken;
    }

    List<String> texts(int count) throws InterruptedException {
        return take(count).stream().map(Taken::text).toList();
    }

    static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain");
            }
            Thread.onSpinWait();
        }
    }

    boolean nothingMore() {
        return queue.isEmpty();
    }

    @Override
    public void close() {
        thread.interrupt();
        until(() -> !thread.isAlive());
    }
}
