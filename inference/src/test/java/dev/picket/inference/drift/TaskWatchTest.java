package dev.picket.inference.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.inference.Signals;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaskWatchTest {
    private static final Instant START = Instant.parse("2026-11-21T08:00:00Z");
    /** Panes of a second. */
    private static final DriftSettings SMALL =
            new DriftSettings(Duration.ofSeconds(6), 60, Duration.ofSeconds(6), 100, 0.2, 0.2, 1, 1000);

    private Instant now = START;
    private long next;

    private static TaskWatch watch() {
        return new TaskWatch(WatchState.of("fraud", "digest", 2, START), SMALL);
    }

    private static Observation text(long hash, int label) {
        return new Observation("fraud", "digest", "line", hash, label, 0.9, new Signals(5, 20, null, null));
    }

    private void second(TaskWatch watch, int texts, int label) {
        for (int i = 0; i < texts; i++) {
            watch.saw(text(++next, i % 4 == 0 ? 1 : label));
        }
        now = now.plusSeconds(1);
        watch.tick(now, true);
    }

    private TaskWatch frozen() {
        TaskWatch watch = watch();
        watch.tick(now, true);
        for (int i = 0; i < 6; i++) {
            second(watch, 20, 0);
        }
        assertThat(watch.standing(null).phase()).isEqualTo(Phase.WATCHING);
        return watch;
    }

    @Test
    void anAcceptedDriftIsTheBaselineThatTheNextOneIsHeldAgainst() {
        TaskWatch watch = frozen();
        assertThat(watch.accept(now)).as("nothing stands").isEmpty();
        assertThat(watch.standing(null).phase()).isEqualTo(Phase.WATCHING);
        for (int i = 0; i < 6; i++) {
            second(watch, 20, 1);
        }
        assertThat(watch.standing(null).alarms()).extracting(Alarm::of).containsExactly("labels");

        assertThat(watch.accept(now)).extracting(Alarm::of).containsExactly("labels");
        Standing accepted = watch.standing(null);
        assertThat(accepted.phase()).isEqualTo(Phase.COLLECTING);
        assertThat(accepted.alarms()).isEmpty();
        assertThat(accepted.accepted()).isEqualTo(now);
        assertThat(accepted.baseline().texts()).as("nothing of before").isZero();

        watch = new TaskWatch(watch.state(), SMALL);
        for (int i = 0; i < 6; i++) {
            second(watch, 20, 1);
        }
        assertThat(watch.standing(null).frozen()).isEqualTo(now);
        for (int i = 0; i < 12; i++) {
            second(watch, 20, 1);
        }
        assertThat(watch.standing(null).alarms())
                .as("what was accepted is no drift")
                .isEmpty();
        for (int i = 0; i < 6; i++) {
            second(watch, 20, 0);
        }
        assertThat(watch.standing(null).alarms()).extracting(Alarm::of).containsExactly("labels");
    }

    @Test
    void aTextThatComesAgainAndAgainCountsOnce() {
        TaskWatch watch = watch();
        for (int i = 0; i < 10_000; i++) {
            watch.saw(text(7, 1));
        }
        assertThat(watch.standing(null).recent().texts()).isOne();
    }

    @Test
    void whatIsSeenOnProbationIsInNoBaseline() {
        TaskWatch watch = watch();
        for (int i = 0; i < 200; i++) {
            watch.saw(text(++next, 1));
        }
        watch.tick(now.plusMillis(500), false);
        assertThat(watch.standing(null).phase()).isEqualTo(Phase.SETTLING);
        watch.tick(now.plusMillis(600), true);
        assertThat(watch.standing(null).phase()).isEqualTo(Phase.COLLECTING);
        assertThat(watch.standing(null).baseline().texts()).isZero();
        assertThat(watch.standing(null).recent().texts()).isEqualTo(200);
    }

    @Test
    void aBaselineNeedsBothItsTimeAndItsTexts() {
        TaskWatch watch = watch();
        watch.tick(now, true);
        for (int i = 0; i < 20; i++) {
            second(watch, 4, 0);
        }
        assertThat(watch.standing(null).phase()).isEqualTo(Phase.COLLECTING);
        for (int i = 0; i < 5; i++) {
            second(watch, 4, 0);
        }
        assertThat(watch.standing(null).frozen()).isEqualTo(now);
    }

    @Test
    void aSlowSourceIsLookedAtOnceItsWindowHasTextsEnough() {
        TaskWatch watch = frozen();
        for (int i = 0; i < 19; i++) {
            second(watch, 3, 1);
            assertThat(watch.standing(null).alarms()).isEmpty();
        }
        second(watch, 3, 1);
        assertThat(watch.standing(null).windowTexts()).isEqualTo(60);
        assertThat(watch.standing(null).alarms()).extracting(Alarm::of).containsExactly("labels");
    }

    @Test
    void whatIsSavedGoesOnWhereItStood() {
        TaskWatch watch = frozen();
        for (int i = 0; i < 3; i++) {
            second(watch, 20, 1);
        }
        watch.saw(text(++next, 1));
        TaskWatch again = new TaskWatch(watch.state(), SMALL);
        assertThat(again.standing(null).frozen()).isEqualTo(watch.standing(null).frozen());
        assertThat(again.standing(null).recent().texts())
                .isEqualTo(watch.standing(null).recent().texts());
        for (int i = 0; i < 3; i++) {
            second(again, 20, 1);
        }
        assertThat(again.standing(null).alarms()).extracting(Alarm::of).containsExactly("labels");
    }

    @Test
    void aDomainGapIsShownAndRaisesNothing() {
        TaskWatch watch = frozen();
        Tally desk = new Tally(new int[] {0, 500}, Map.of());
        assertThat(watch.standing(desk).gap()).extracting(Shift::of).containsExactly("labels");
        assertThat(watch.standing(desk).gap().getFirst().effect()).isGreaterThan(0.5);
        assertThat(watch.standing(desk).alarms()).isEmpty();
        assertThat(watch.standing(null).gap()).isEmpty();
    }

    @Test
    void aClockThatGoesBackStopsNothing() {
        TaskWatch watch = frozen();
        now = START.minus(Duration.ofDays(400));
        for (int i = 0; i < 8; i++) {
            second(watch, 20, 1);
        }
        assertThat(watch.standing(null).alarms()).isNotEmpty();
    }

    @Test
    void hashesAreForgottenAfterAWindowsTimeAndNeverMoreThanAllowed() {
        DistinctTexts few = new DistinctTexts(100, 3);
        for (int pane = 0; pane < 20; pane++) {
            for (long i = 0; i < 10_000; i++) {
                few.add(TextHash.of("text " + pane + " " + i, 42));
            }
            assertThat(few.size()).isLessThanOrEqualTo(300);
            few.nextPane();
        }
        DistinctTexts again = new DistinctTexts(100, 3);
        assertThat(again.add(5)).isTrue();
        again.nextPane();
        again.nextPane();
        assertThat(again.add(5)).isFalse();
        again.nextPane();
        assertThat(again.add(5)).isTrue();
    }

    /** So that a busy hour is not known by its first minutes alone. */
    @Test
    void afterAFullPaneTheNextKeepsAShareOfAllTexts() {
        DistinctTexts few = new DistinctTexts(100, 1);
        int late = 0;
        for (int pane = 0; pane < 12; pane++) {
            late = 0;
            for (long i = 0; i < 6_000; i++) {
                late += few.add(TextHash.of("text " + pane + " " + i, 42)) && i > 3_000 ? 1 : 0;
            }
            few.nextPane();
        }
        assertThat(late).isPositive();
    }
}
