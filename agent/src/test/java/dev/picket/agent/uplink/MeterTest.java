package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.MeterConfig;
import dev.picket.agent.state.Limits;
import dev.picket.agent.state.Metered;
import dev.picket.agent.state.State;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The meter over a real state.db; a crash is a meter that is never settled. */
class MeterTest {
    private static final MeterConfig DAY = new MeterConfig(0, 65_536, 1_000_000);
    private static final long LONGEST = 1_000_000_000L;

    @TempDir
    Path folder;

    private final StandingClock clock = new StandingClock(Instant.parse("2026-11-21T22:00:00Z"));
    private long nanos;

    private State state() throws Exception {
        return State.open(folder.resolve("state.db"), 1 << 20, Limits.of(10));
    }

    private Meter meter(MeterConfig config, State state) throws Exception {
        return Meter.open(config, state, clock, () -> nanos);
    }

    private static boolean goes(Meter meter, long bytes) {
        return meter.untilRowMayGo(bytes, LONGEST).nanos() == 0;
    }

    private static int drain(Meter meter, int bytes) {
        int rows = 0;
        while (goes(meter, bytes)) {
            meter.expect(bytes);
            meter.spend(bytes);
            rows++;
        }
        return rows;
    }

    @Test
    void whatCrashesDuringADayGoesOnWithNoMoreThanItHadLeft() throws Exception {
        int rows = 0;
        for (int crash = 0; crash < 20; crash++) {
            try (State state = state()) {
                Meter meter = meter(DAY, state);
                for (int i = 0; i < 40 && goes(meter, 1_000); i++) {
                    meter.expect(1_000);
                    meter.spend(1_000);
                    rows++;
                    assertThat(state.metered().bytes()).as("saved ahead").isGreaterThanOrEqualTo(rows * 1_000L);
                }
            }
        }
        try (State state = state()) {
            rows += drain(meter(DAY, state), 1_000);
        }
        assertThat(rows).isLessThanOrEqualTo(1_000).isGreaterThan(600);
    }

    @Test
    void aCleanStopLosesNothingOfTheBudget() throws Exception {
        int rows = 0;
        for (int restart = 0; restart < 20; restart++) {
            try (State state = state()) {
                Meter meter = meter(DAY, state);
                for (int i = 0; i < 40; i++) {
                    assertThat(goes(meter, 1_000)).isTrue();
                    meter.spend(1_000);
                    rows++;
                }
                meter.settle();
                assertThat(state.metered().bytes()).isEqualTo(rows * 1_000L);
            }
        }
        try (State state = state()) {
            assertThat(drain(meter(DAY, state), 1_000)).isEqualTo(200);
        }
    }

    @Test
    void theNextDayBringsANewBudgetAndAClockPutBackBringsNone() throws Exception {
        try (State state = state()) {
            Meter meter = meter(DAY, state);
            assertThat(drain(meter, 1_000)).isEqualTo(1_000);
            assertThat(meter.untilRowMayGo(1_000, LONGEST).reason()).contains("1000000 bytes", "midnight");
            clock.pass(Duration.ofHours(2));
            assertThat(drain(meter, 1_000)).isEqualTo(1_000);
        }
        clock.pass(Duration.ofHours(-2));
        try (State state = state()) {
            Meter meter = meter(DAY, state);
            assertThat(goes(meter, 1))
                    .as("after a restart with the clock put back")
                    .isFalse();
            clock.pass(Duration.ofHours(2));
            assertThat(goes(meter, 1)).as("and forth").isFalse();
        }
    }

    @Test
    void whatMayNotWaitCountsAndIsNotHeldBack() throws Exception {
        try (State state = state()) {
            Meter meter = meter(DAY, state);
            drain(meter, 1_000);
            meter.expect(500);
            meter.spend(500);
            assertThat(meter.bytesToday()).isEqualTo(1_000_500);
            assertThat(state.metered().bytes()).isGreaterThanOrEqualTo(1_000_500);
        }
    }

    @Test
    void aStateThatCannotBeSavedHoldsRowsAndNothingElse() throws Exception {
        State state = state();
        Meter meter = meter(DAY, state);
        state.close();
        assertThat(meter.untilRowMayGo(1_000, LONGEST).reason()).contains("cannot be saved");
        meter.expect(700);
        meter.spend(700);
        assertThat(meter.bytesToday()).isEqualTo(700);
    }

    @Test
    void theRateHoldsRowsForAsLongAsTheyNeed() throws Exception {
        try (State state = state()) {
            Meter meter = meter(new MeterConfig(10_000, 20_000, 0), state);
            assertThat(drain(meter, 1_000)).isEqualTo(20);
            Meter.Wait wait = meter.untilRowMayGo(1_000, LONGEST);
            assertThat(wait.nanos()).isEqualTo(100_000_000);
            assertThat(wait.reason()).contains("10000 bytes a second");
            nanos += wait.nanos();
            assertThat(drain(meter, 1_000)).isEqualTo(1);
            assertThat(state.metered())
                    .as("without a day's budget nothing is saved")
                    .isEqualTo(new Metered(0, 0));
        }
    }

    @Test
    void reportsTakeATenthOfTheBudgetAtMost() throws Exception {
        try (State state = state()) {
            Duration apart = meter(DAY, state).spacing(1_000);
            assertThat(Duration.ofDays(1).dividedBy(apart) * 1_000).isEqualTo(100_000);
            assertThat(meter(new MeterConfig(0, 65_536, 0), state).spacing(1_000))
                    .isZero();
        }
    }
}
