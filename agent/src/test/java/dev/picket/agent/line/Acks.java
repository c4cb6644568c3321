package dev.picket.agent.line;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** What becomes of a broker's acknowledgements of publications on their way to the gateway. */
@FunctionalInterface
public interface Acks {
    /** They pass. */
    Acks PROMPT = () -> OptionalLong.of(0);

    /** How many nanoseconds the next one waits, while others may overtake it; empty: it never comes. */
    OptionalLong next();

    static Acks late(Duration by) {
        return () -> OptionalLong.of(by.toNanos());
    }

    static Acks shuffled(Duration within, Random random) {
        return () -> OptionalLong.of(random.nextLong(within.toNanos()));
    }

    /** Every {@code n}-th never comes, {@code times} in all. */
    static Acks withheld(int n, int times) {
        AtomicInteger seen = new AtomicInteger();
        return () -> {
            int count = seen.incrementAndGet();
            return count % n == 0 && count / n <= times ? OptionalLong.empty() : OptionalLong.of(0);
        };
    }
}
