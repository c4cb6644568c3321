package dev.picket.ota.fetch;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

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
        long wait = first.toMillis();
        for (int i = 1; ; i++) {
            try {
                return attempt.call();
            } catch (UnavailableException e) {
                if (i >= attempts) {
                    throw e;
                }
            }
            sleeper.sleep(
                    Duration.ofMillis(wait / 2 + ThreadLocalRandom.current().nextLong(wait / 2 + 1)));
            wait = Math.min(wait * 2, most.toMillis());
        }
    }
}
