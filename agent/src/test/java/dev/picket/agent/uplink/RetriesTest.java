package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetriesTest {
    private static final Ending TAKEN_OVER = new Ending("taken over", Ending.TAKEN_OVER);
    private static final Ending LOST = new Ending("reset", 0);

    private long nanos;
    private final Retries retries = new Retries(
            "picket$plant$press-4",
            new Retries.Contest(3, Duration.ofMinutes(1), Duration.ofHours(1)),
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), new Random(1)),
            new Backoff(Duration.ofMinutes(2), Duration.ofMinutes(30), new Random(1)),
            () -> nanos);

    private Duration after(Ending ending, Duration lasted) {
        nanos += lasted.toNanos();
        return retries.next(ending, lasted);
    }

    @Test
    void oneTakeoverIsAnEndLikeAnother() {
        assertThat(after(TAKEN_OVER, Duration.ofSeconds(20))).isLessThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(retries.trouble()).isEmpty();
    }

    @Test
    void takeoversFarApartAreNoContest() {
        for (int i = 0; i < 10; i++) {
            assertThat(after(TAKEN_OVER, Duration.ofSeconds(31))).isLessThanOrEqualTo(Duration.ofSeconds(1));
        }
        assertThat(retries.trouble()).isEmpty();
    }

    @Test
    void theThirdWithinAMinuteIsAContestAndTheWaitsAreMinutesThatGrow() {
        after(TAKEN_OVER, Duration.ofSeconds(1));
        after(LOST, Duration.ofSeconds(1));
        after(TAKEN_OVER, Duration.ofSeconds(1));
        assertThat(after(TAKEN_OVER, Duration.ofSeconds(1))).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));
        assertThat(retries.trouble())
                .startsWith("duplicate-identity: ")
                .contains("'picket$plant$press-4'")
                .contains("uplink.client-id");
        assertThat(after(TAKEN_OVER, Duration.ofMinutes(5)))
                .as("each one from now on")
                .isBetween(Duration.ofMinutes(2), Duration.ofMinutes(4));
        assertThat(after(LOST, Duration.ofSeconds(1)))
                .as("what has nothing to do with it")
                .isLessThanOrEqualTo(Duration.ofSeconds(30));
        assertThat(retries.trouble()).isNotEmpty();
    }

    @Test
    void aConnectionThatLastsEndsTheContest() {
        for (int i = 0; i < 3; i++) {
            after(TAKEN_OVER, Duration.ofSeconds(1));
        }
        retries.lasts(Duration.ofMinutes(59));
        assertThat(retries.trouble()).isNotEmpty();
        retries.lasts(Duration.ofHours(1));
        assertThat(retries.trouble()).isEmpty();
        assertThat(after(TAKEN_OVER, Duration.ofHours(1))).isLessThanOrEqualTo(Duration.ofSeconds(1));
    }
}
