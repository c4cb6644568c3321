package dev.picket.agent.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.state.SavedRollout;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a gateway does about a rollout, row by row. */
class DecisionTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(3600);
    private static final Decision.Here HERE =
            new Decision.Here("press-4", Set.of("north", "pilot"), true, Duration.ZERO);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            active  | here      | nothing  | Begin
            paused  | here      | nothing  | Wait
            aborted | here      | nothing  | End rejected aborted
            done    | here      | nothing  | End rejected done
            active  | elsewhere | nothing  | Out
            paused  | elsewhere | nothing  | Out
            aborted | elsewhere | nothing  | Out
            done    | elsewhere | nothing  | Out
            active  | late      | nothing  | End timed-out
            paused  | late      | nothing  | End timed-out
            aborted | late      | nothing  | End timed-out
            done    | late      | nothing  | End timed-out
            active  | shut      | nothing  | Wait
            active  | here      | begun    | Follow
            paused  | here      | begun    | Follow
            aborted | here      | begun    | Withdraw
            done    | here      | begun    | Follow
            active  | elsewhere | begun    | Follow
            aborted | elsewhere | begun    | Withdraw
            active  | late      | begun    | Follow
            active  | shut      | begun    | Follow
            active  | here      | ended    | Over
            paused  | here      | ended    | Over
            aborted | here      | ended    | Over
            done    | here      | ended    | Over
            active  | elsewhere | ended    | Over
            active  | late      | ended    | Over
            aborted | late      | ended    | Over
            """)
    void theTableIsAsItIsDrawn(String state, String where, String standing, String expected) {
        Rollout rollout = new Rollout(
                "r1",
                1,
                "factory/7",
                where.equals("elsewhere") ? Set.of("south") : Set.of("south", "pilot"),
                100,
                Rollout.State.valueOf(state.toUpperCase(Locale.ROOT)),
                where.equals("shut") ? Window.of("13:00-14:00", "UTC") : null,
                where.equals("late") ? NOW : LATER,
                false);
        SavedRollout.End end = standing.equals("ended") ? new SavedRollout.End("proved", "", "") : null;
        assertThat(told(Decision.of(rollout, NOW, saved(!standing.equals("nothing"), end), HERE, NOW)))
                .isEqualTo(expected);
    }

    @Test
    void aGatewayThatTakesNoneGoesOnWithWhatItHasBegun() {
        Decision.Here off = new Decision.Here("press-4", Set.of(), false, Duration.ZERO);
        Rollout rollout = Orders.at("r1", 1, Rollout.State.ACTIVE, LATER);
        assertThat(Decision.of(rollout, NOW, saved(false, null), off, NOW)).isInstanceOf(Decision.Out.class);
        assertThat(Decision.of(rollout, NOW, saved(true, null), off, NOW)).isInstanceOf(Decision.Follow.class);
    }

    @Test
    void theGatewaysOfARolloutBeginOneAfterTheOtherInTheSpreadAndTheSameAfterEveryRestart() {
        Rollout rollout = Orders.at("r1", 1, Rollout.State.ACTIVE, LATER);
        for (int minute = 0; minute <= 10; minute++) {
            long begun = 0;
            for (int i = 0; i < 1_000; i++) {
                Decision.Here here = new Decision.Here("gateway-" + i, Set.of(), true, Duration.ofMinutes(10));
                Decision now = Decision.of(rollout, NOW, saved(false, null), here, NOW.plusSeconds(60L * minute));
                assertThat(now).isIn(List.of(new Decision.Begin(), new Decision.Wait(why(now))));
                begun += now instanceof Decision.Begin ? 1 : 0;
            }
            assertThat(begun).isBetween(100L * minute - 50, 100L * minute + 50);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            window opened long after it was signed | 10:00-22:00 | -86400 | 600   | false
            window opened long ago                 | 10:00-22:00 | -86400 | 600   | true
            an hour of notAfter is left            |             | 0      | 86400 | false
            a clock that went back                 |             | 7200   | 600   | true
            no spread                              |             | 0      | 0     | true
            """)
    void theTurnIsCountedFromTheWindowAndNeverTakesMoreThanHalfOfTheTimeThereIs(
            String what, @Nullable String window, long issued, long spread, boolean begins) {
        Instant now = what.startsWith("window opened long after") ? NOW.minusSeconds(7200) : NOW;
        Rollout rollout = new Rollout(
                "r1",
                1,
                "factory/7",
                Set.of(),
                100,
                Rollout.State.ACTIVE,
                window == null ? null : Window.of(window, "UTC"),
                LATER,
                false);
        Decision.Here here = new Decision.Here("press-4", Set.of(), true, Duration.ofSeconds(spread));
        Instant signed = NOW.plusSeconds(issued);
        assertThat(Decision.of(rollout, signed, saved(false, null), here, now) instanceof Decision.Begin)
                .isEqualTo(begins);
        // Whatever the spread, half of the time that is left is for doing it.
        assertThat(Decision.of(rollout, NOW, saved(false, null), here, NOW.plusSeconds(1801)))
                .isInstanceOf(Decision.Begin.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"press-4", "press-5", "Werk Süd", "a"})
    void thePlaceIsTheFirstFourBytesOfTheHashModAHundred(String gateway) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest((gateway + "/r1").getBytes(StandardCharsets.UTF_8));
        long first =
                ((hash[0] & 0xFFL) << 24) | ((hash[1] & 0xFFL) << 16) | ((hash[2] & 0xFFL) << 8) | (hash[3] & 0xFFL);
        assertThat(Rollout.place(gateway, "r1")).isEqualTo((int) (first % 100));
    }

    @Test
    void aShareThatGrowsOnlyAddsGatewaysAndIsAboutAsLargeAsItSays() {
        long tenth = IntStream.range(0, 10_000)
                .filter(i -> Rollout.place("gateway-" + i, "r1") < 10)
                .count();
        assertThat(tenth).isBetween(850L, 1_150L);
        assertThat(reaches(0)).isFalse();
        assertThat(reaches(100)).isTrue();
        int place = Rollout.place("press-4", "r1");
        assertThat(reaches(place)).isFalse();
        assertThat(reaches(place + 1)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "22:00-05:00, UTC, 23:00, true",
        "22:00-05:00, UTC, 04:59, true",
        "22:00-05:00, UTC, 05:00, false",
        "22:00-05:00, UTC, 21:59, false",
        "08:00-09:30, UTC, 08:00, true",
        "08:00-09:30, UTC, 09:30, false",
        "08:00-08:00, UTC, 20:00, true",
        "22:00-05:00, Europe/Berlin, 21:00, true",
        "22:00-05:00, Europe/Berlin, 04:00, false"
    })
    void aWindowMayPassMidnightAndHasAZone(String times, String zone, String utc, boolean open) {
        assertThat(Window.of(times, zone).isOpen(Instant.parse("2026-11-21T" + utc + ":00Z")))
                .isEqualTo(open);
    }

    private static boolean reaches(int percent) {
        return Orders.at("r1", 1, Rollout.State.ACTIVE, LATER)
                .next(Rollout.State.ACTIVE, percent)
                .reaches("press-4");
    }

    private static SavedRollout saved(boolean begun, SavedRollout.@Nullable End end) {
        return new SavedRollout("r1", 1, new byte[0], LATER, begun, end);
    }

    private static String why(Decision decision) {
        return decision instanceof Decision.Wait(String why) ? why : "";
    }

    private static String told(Decision decision) {
        return switch (decision) {
            case Decision.Out _ -> "Out";
            case Decision.Wait _ -> "Wait";
            case Decision.Begin _ -> "Begin";
            case Decision.Follow _ -> "Follow";
            case Decision.Withdraw _ -> "Withdraw";
            case Decision.End(SavedRollout.End end) -> ("End " + end.state() + " " + end.reason()).strip();
            case Decision.Over _ -> "Over";
        };
    }
}
