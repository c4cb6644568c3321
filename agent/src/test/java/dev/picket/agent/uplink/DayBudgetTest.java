package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DayBudgetTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final long HOUR = Duration.ofHours(1).toNanos();

    private static DayBudget at(Instant wall, long used) {
        return new DayBudget(1_000, DayBudget.dayOf(wall), used, 0);
    }

    @Test
    void aBudgetEndsAtMidnightOfUtc() {
        DayBudget budget = at(NOON, 1_000);
        budget.look(Instant.parse("2026-11-21T23:59:59.999Z"), 12 * HOUR);
        assertThat(budget.allows(1)).isFalse();
        budget.look(Instant.parse("2026-11-22T00:00:00Z"), 12 * HOUR);
        assertThat(budget.allows(1_000)).isTrue();
        assertThat(budget.allows(1_001))
                .as("larger than all of it, and nothing is used")
                .isTrue();
        budget.spend(1);
        assertThat(budget.allows(1_000))
                .as("larger than half, and little is used")
                .isTrue();
        budget.spend(499);
        assertThat(budget.allows(501)).isFalse();
        assertThat(budget.allows(500)).isTrue();
    }

    @Test
    void aClockThatJumpsBackAndForthOverMidnightBringsOneBudget() {
        DayBudget budget = at(NOON, 1_000);
        budget.look(NOON.plus(Duration.ofDays(1)), HOUR);
        budget.spend(1_000);
        for (int i = 0; i < 5; i++) {
            budget.look(NOON, HOUR + i);
            assertThat(budget.allows(1)).isFalse();
            budget.look(NOON.plus(Duration.ofDays(1)), HOUR + i);
            assertThat(budget.allows(1)).isFalse();
        }
    }

    @Test
    void aClockThatWasYearsAheadCostsADayNotYears() {
        DayBudget budget = at(NOON.plus(Duration.ofDays(5_000)), 1_000);
        budget.look(NOON, 23 * HOUR);
        assertThat(budget.allows(1)).isFalse();
        budget.look(NOON, 24 * HOUR);
        assertThat(budget.allows(1)).isTrue();
        budget.spend(1_000);
        budget.look(NOON.plus(Duration.ofDays(1)), 36 * HOUR);
        assertThat(budget.allows(1)).as("its midnight brings no second one").isFalse();
        budget.look(NOON.plus(Duration.ofDays(2)), 60 * HOUR);
        assertThat(budget.allows(1)).isTrue();
    }

    /** The wall clock runs with the time that passes, and is put back now and then by some hours. */
    @Property(tries = 300)
    void howeverTheClockIsPutBackTwoBudgetsAreADayApart(
            @ForAll @Size(max = 200) List<@IntRange(min = -72, max = 6) Integer> steps) {
        DayBudget budget = at(NOON, 0);
        Instant wall = NOON;
        long now = 0;
        List<Long> begun = new ArrayList<>();
        long day = budget.day();
        for (int step : steps) {
            now += HOUR;
            wall = wall.plus(Duration.ofHours(1)).plus(step < 0 ? Duration.ofHours(step) : Duration.ZERO);
            budget.look(wall, now);
            if (budget.used() == 0 && budget.day() != day) {
                day = budget.day();
                begun.add(now);
            }
            budget.spend(1);
        }
        for (int i = 1; i < begun.size(); i++) {
            assertThat(begun.get(i) - begun.get(i - 1)).isGreaterThanOrEqualTo(24 * HOUR);
        }
    }
}
