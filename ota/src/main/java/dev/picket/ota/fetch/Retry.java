package dev.picket.ota.fetch;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * Tries again what is unavailable: after a wait that doubles each time and is drawn at random from its upper half, so
 * that a fleet does not come back all at once. What is rejected is not tried again.
 *
 * @param attempts in all, at least 1
 * @param first the first wait
 * @param most the longest wait
 * @param sleeper waits; tests pass one that does not
 */
public record Retry(int attempts, Duration first, Duration most, Sleeper sleeper) {
    public static final Retry DEFAULT = new Retry(4, Duration.ofSeconds(1), Duration.ofSeconds(30), Thread::sleep);

    private static final long WORTH_IT_BYTES = 1 << 20;

    /** Waits. */
    @FunctionalInterface
    public interface Sleeper {
        void sleep(Duration duration) throws InterruptedException;
    }

    /** What is tried. */
    @FunctionalInterface
    public interface Attempt<T> {
        T call() throws RejectedException, UnavailableException, IOException, InterruptedException;
    }

    /** Calls until it succeeds, is rejected, or the attempts are used up: then the last failure is thrown. */
    public <T> T call(Attempt<T> attempt)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        return call(attempt, () -> 0);
    }

    /**
     * The same, with the attempts counted anew after one that was worth it: a bad link brings a large file in many pieces.
     *
     * @param progress grows with what has come, in bytes
     */
    public <T> T call(Attempt<T> attempt, LongSupplier progress)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        Duration wait = first;
        long before = progress.getAsLong();
        for (int i = 1; ; i++) {
            Duration least = Duration.ZERO;
            try {
                return attempt.call();
            } catch (NotYetException e) {
                if (i >= attempts || e.after().compareTo(most) > 0) {
                    throw e;
                }
                least = e.after();
            } catch (UnavailableException e) {
                if (progress.getAsLong() - before >= WORTH_IT_BYTES) {
                    i = 0;
                    before = progress.getAsLong();
                    wait = first;
                } else if (i >= attempts) {
                    throw e;
                }
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            sleeper.sleep(longer(drawn(wait), least));
            wait = longer(wait, shorter(wait.multipliedBy(2), most));
        }
    }

    private static Duration drawn(Duration wait) {
        long millis = wait.toMillis();
        return Duration.ofMillis(millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
