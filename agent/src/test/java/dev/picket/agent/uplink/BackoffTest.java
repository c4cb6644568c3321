package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void waitsDoubleUpToTheLimitAndAreNeverShorterThanHalf() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), new Random(7));
        long[] whole = {1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000};
        for (long most : whole) {
            assertThat(backoff.next().toMillis()).isBetween(most / 2, most);
        }
        backoff.reset();
        assertThat(backoff.next().toMillis()).isBetween(500L, 1_000L);
    }
}
