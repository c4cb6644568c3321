package dev.picket.inference.drift;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One look at a watch.
 *
 * @param frozen when the baseline was; null while there is none
 * @param progress of the baseline, 0 to 1
 * @param baseline what it has so far
 * @param recent what was counted within the last window's time
 * @param windowTexts of the latest window; less than a window needs while there are too few
 * @param shifts of the latest window to the frozen baseline; empty while there is none
 * @param gap of {@code recent} to what the desk saw; empty where the task ships no baseline, or there are too few texts
 * @param alarms those that stand
 * @param ended the alarm that ended last
 * @param accepted when somebody last took a drift as how things are now
 */
public record Standing(
        Phase phase,
        @Nullable Instant frozen,
        double progress,
        Tally baseline,
        Tally recent,
        int windowTexts,
        List<Shift> shifts,
        List<Shift> gap,
        List<Alarm> alarms,
        @Nullable Alarm ended,
        @Nullable Instant until,
        @Nullable Instant accepted) {
    public Standing {
        shifts = List.copyOf(shifts);
        gap = List.copyOf(gap);
        alarms = List.copyOf(alarms);
    }
}
