package dev.picket.agent.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the watch over one task stands, as status and page show it.
 *
 * @param phase {@code settling}, {@code collecting} or {@code watching}
 * @param progress of the local baseline, 0 to 1
 * @param frozen when it was frozen; null while there is none
 * @param texts distinct texts of the last window's time
 * @param windowTexts of the latest window that was compared
 * @param shifts of the latest window to the local baseline
 * @param gap of the latest texts to what the desk saw; shown, never an alarm
 * @param alarms drifts that stand
 * @param ended the drift that ended last, as one sentence
 * @param accepted when somebody last took a drift as how things are now; null: nobody did
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record TaskDrift(
        String task,
        String phase,
        double progress,
        @Nullable String frozen,
        int texts,
        int windowTexts,
        List<Effect> shifts,
        List<Effect> gap,
        List<Standing> alarms,
        @Nullable String ended,
        @Nullable String accepted,
        List<Picture> pictures) {
    private static final double PROGRESS_STEPS = 10;
    private static final double GAP_STEPS = 20;

    public TaskDrift {
        shifts = List.copyOf(shifts);
        gap = List.copyOf(gap);
        alarms = List.copyOf(alarms);
        pictures = List.copyOf(pictures);
    }

    /**
     * @param of {@code labels}, {@code confidence}, {@code distance}, {@code tokens-per-character} or {@code label-mass}
     * @param effect Cramér's V of labels, else the Kolmogorov-Smirnov distance
     */
    public record Effect(String of, double effect) {}

    /**
     * An alarm.
     *
     * @param since when it was found
     * @param sentence what it is and what to do
     */
    public record Standing(String of, double effect, int texts, String since, String sentence) {}

    /**
     * Shares of texts, for a small picture.
     *
     * @param names of the parts: labels, or the least value of each bin
     * @param recent of the last window's time
     * @param baseline the local one, as far as it is; empty while there is none
     * @param desk what the task shipped; empty where it ships none
     */
    @JsonInclude(JsonInclude.Include.ALWAYS) // empty lists are lists for whoever draws them
    public record Picture(
            String of, List<String> names, List<Double> recent, List<Double> baseline, List<Double> desk) {
        public Picture {
            names = List.copyOf(names);
            recent = List.copyOf(recent);
            baseline = List.copyOf(baseline);
            desk = List.copyOf(desk);
        }
    }

    /** Without what changes with each text, so that not each is a reason for another report. */
    public TaskDrift coarse() {
        return new TaskDrift(
                task,
                phase,
                Math.floor(progress * PROGRESS_STEPS) / PROGRESS_STEPS,
                frozen,
                0,
                windowTexts,
                shifts,
                gap.stream()
                        .map(each -> new Effect(each.of(), Math.round(each.effect() * GAP_STEPS) / GAP_STEPS))
                        .toList(),
                alarms,
                ended,
                accepted,
                List.of());
    }
}
