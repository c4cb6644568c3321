package dev.picket.agent.pulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PulseTest {
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
    private final Pulse pulse = new Pulse(clock::get);

    @Test
    void aLoopThatBeatsInTimeHasNotStalledHoweverLongItRuns() {
        pulse.watched("sweep", SILENCE, () -> {
                    for (int i = 0; i < 100; i++) {
                        pass(SILENCE);
                        assertThat(pulse.stalls()).isEmpty();
                        Pulse.beat();
                    }
                })
                .run();
    }

    @Test
    void aLoopThatIsSilentForLongerHasStalledAndIsNamedWithThePlaceWhereItStands() throws InterruptedException {
        CountDownLatch stands = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread thread = Thread.ofPlatform().start(pulse.watched("judge-1", SILENCE, () -> hang(stands, goOn)));
        stands.await();
        pass(SILENCE.plusNanos(1));
        assertThat(pulse.stalls()).singleElement().satisfies(stall -> {
            assertThat(stall.loop()).isEqualTo("judge-1");
            assertThat(stall.silent()).isEqualTo(SILENCE.plusNanos(1));
            assertThat(stall.where()).contains("PulseTest.hang");
        });
        goOn.countDown();
        thread.join();
        assertThat(pulse.stalls()).as("what has ended is not waited for").isEmpty();
    }

    @Test
    void aWaitOnPurposeIsAllowedOnTopOfTheSilence() {
        pulse.watched("updates", SILENCE, () -> {
                    Pulse.rest(Duration.ofHours(1));
                    pass(Duration.ofHours(1).plus(SILENCE));
                    assertThat(pulse.stalls()).isEmpty();
                    pass(Duration.ofNanos(1));
                    assertThat(pulse.stalls()).hasSize(1);
                    Pulse.beat();
                    assertThat(pulse.stalls()).isEmpty();
                })
                .run();
    }

    @Test
    void aThreadThatNobodyWatchesMayBeatAllTheSame() {
        Pulse.beat();
        Pulse.rest(Duration.ofDays(1));
        assertThat(pulse.stalls()).isEmpty();
    }

    @Test
    void whatIsDoneOnceIsWatchedUntilItIsClosed() {
        try (Pulse.Once _ = pulse.once("start", SILENCE)) {
            pass(SILENCE.plusSeconds(1));
            assertThat(pulse.stalls()).extracting(Pulse.Stall::loop).containsExactly("start");
        }
        assertThat(pulse.stalls()).isEmpty();
    }

    private static void hang(CountDownLatch stands, CountDownLatch goOn) {
        stands.countDown();
        try {
            goOn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }
}
