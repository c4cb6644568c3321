package dev.picket.inference.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Simulated months of a floor: what chance alone raises, and after how many texts a real change is found. All are seeded. */
class FalseAlarmTest {
    private static final DriftSettings DEFAULT =
            new DriftSettings(Duration.ofHours(24), 500, Duration.ofHours(72), 1000, 0.15, 0.15, 0.1, 8192);
    private static final int HOURS_A_MONTH = 30 * 24;
    private static final int MONTHS = 30;

    private static TaskWatch watch(DriftSettings settings) {
        return new TaskWatch(WatchState.of("fraud", "digest", 3, Floor.MONDAY), settings);
    }

    /** Until the baseline is frozen. */
    private static TaskWatch frozen(Floor floor, DriftSettings settings) {
        TaskWatch watch = watch(settings);
        watch.tick(floor.now(), true);
        while (watch.standing(null).frozen() == null) {
            hour(watch, floor, Floor.USUAL);
        }
        return watch;
    }

    private static void hour(TaskWatch watch, Floor floor, List<Floor.Voice> voices) {
        floor.hour(voices).forEach(watch::saw);
        watch.tick(floor.now(), true);
    }

    /** Alarms that begin in months without drift. */
    private static int falseAlarms(DriftSettings settings) {
        int alarms = 0;
        for (int month = 0; month < MONTHS; month++) {
            Floor floor = new Floor(100 + month);
            TaskWatch watch = frozen(floor, settings);
            for (int hour = 0; hour < HOURS_A_MONTH; hour++) {
                Instant before = floor.now();
                hour(watch, floor, Floor.USUAL);
                alarms += (int) watch.standing(null).alarms().stream()
                        .filter(alarm -> alarm.since().isAfter(before))
                        .count();
            }
        }
        return alarms;
    }

    /** With days, nights, weekends and repeats, and no change: {@value #MONTHS} months. */
    @Test
    void aFloorThatStaysAsItIsRaisesAtMostOneAlarmInThirtyDays() {
        assertThat(falseAlarms(DEFAULT)).isLessThanOrEqualTo(MONTHS / 10);
    }

    /** The probability alone, without the effect's limit, keeps the promise, too. */
    @Test
    void chanceAloneKeepsToTheFalseAlarmsThatAreAllowed() {
        assertThat(falseAlarms(new DriftSettings(
                        DEFAULT.window(), 500, DEFAULT.baseline(), 1000, 0.0001, 0.0001, 1, DEFAULT.textsPerPane())))
                .isLessThanOrEqualTo(MONTHS);
    }

    /** What the correction is for: the same floor with every look at 5 % raises alarm upon alarm. */
    @Test
    void withoutCorrectionForManyLooksThereWouldBeManyFalseAlarms() {
        double anyLook = 0.05 * 180 * DriftSettings.STATISTICS;
        assertThat(falseAlarms(new DriftSettings(
                        DEFAULT.window(),
                        500,
                        DEFAULT.baseline(),
                        1000,
                        0.0001,
                        0.0001,
                        anyLook,
                        DEFAULT.textsPerPane())))
                .isGreaterThan(MONTHS);
    }

    /** Distinct texts after the change until the alarm; a window of the floor holds some 700. */
    private static int textsUntilFound(long seed, List<Floor.Voice> changed, String of) {
        Floor floor = new Floor(seed);
        TaskWatch watch = frozen(floor, DEFAULT);
        for (int hour = 0; hour < 48; hour++) {
            hour(watch, floor, Floor.USUAL);
        }
        assertThat(watch.standing(null).alarms()).isEmpty();
        DistinctTexts distinct = new DistinctTexts(1 << 20, 1);
        int texts = 0;
        for (int hour = 0; hour < 72; hour++) {
            List<Observation> said = floor.hour(changed);
            said.forEach(watch::saw);
            texts += (int)
                    said.stream().filter(each -> distinct.add(each.text())).count();
            watch.tick(floor.now(), true);
            if (watch.standing(null).alarms().stream()
                    .anyMatch(alarm -> alarm.of().equals(of))) {
                return texts;
            }
        }
        return Integer.MAX_VALUE;
    }

    private static List<Floor.Voice> press(double[] labels, double sure, double distance, double tokens) {
        Floor.Voice is = Floor.USUAL.getFirst();
        Floor.Voice now =
                new Floor.Voice(is.name(), is.perHour(), is.night(), is.weekend(), labels, sure, distance, tokens);
        return List.of(now, Floor.USUAL.get(1), Floor.USUAL.get(2));
    }

    /** The change falls on a Saturday, when the machine that changes says little. */
    @Test
    void anotherMixOfLabelsIsFoundWithinFifteenHundredTexts() {
        for (long seed = 1; seed <= 10; seed++) {
            assertThat(textsUntilFound(seed, press(new double[] {0.60, 0.20, 0.20}, 4, -2.5, -1.3), "labels"))
                    .isLessThanOrEqualTo(1500);
        }
    }

    /** Words that the tokenizer breaks up, far from the centroids, and the task is less sure. */
    @Test
    void aNewVocabularyIsFoundWithinAThousandTexts() {
        List<Floor.Voice> foreign = press(new double[] {0.90, 0.08, 0.02}, 2.5, -1.8, -0.8);
        for (long seed = 1; seed <= 10; seed++) {
            assertThat(textsUntilFound(seed, foreign, "tokens-per-character")).isLessThanOrEqualTo(1000);
            assertThat(textsUntilFound(seed, foreign, "distance")).isLessThanOrEqualTo(1000);
            assertThat(textsUntilFound(seed, foreign, "confidence")).isLessThanOrEqualTo(1000);
        }
    }

    @Test
    void aSourceThatFallsSilentIsNoDrift() {
        Floor floor = new Floor(5);
        TaskWatch watch = frozen(floor, DEFAULT);
        for (int hour = 0; hour < 240; hour++) {
            hour(watch, floor, Floor.USUAL.subList(1, 3));
            assertThat(watch.standing(null).alarms()).isEmpty();
        }
        assertThat(watch.standing(null).windowTexts()).isGreaterThanOrEqualTo(500);
    }

    @Test
    void anAlarmEndsOnceTheFloorIsAsItWas() {
        Floor floor = new Floor(3);
        TaskWatch watch = frozen(floor, DEFAULT);
        List<Floor.Voice> changed = press(new double[] {0.30, 0.40, 0.30}, 4, -2.5, -1.3);
        for (int hour = 0; hour < 72; hour++) {
            hour(watch, floor, changed);
        }
        assertThat(watch.standing(null).alarms()).extracting(Alarm::of).containsExactly("labels");
        for (int hour = 0; hour < 72; hour++) {
            hour(watch, floor, Floor.USUAL);
        }
        assertThat(watch.standing(null).alarms()).isEmpty();
        assertThat(watch.standing(null).ended()).extracting(Alarm::of).isEqualTo("labels");
    }
}
