package dev.picket.inference.drift;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a {@link TaskWatch} must not forget over a restart; no text, no hash of one. What is not here: which texts were seen, so a
 * text may count once more after a restart.
 *
 * @param digest of the task that this was seen of; another one starts anew
 * @param labels how many the task has
 * @param paneBegan when the pane that runs began
 * @param current of the pane that runs, by source
 * @param lived panes that the baseline has
 * @param reference the baseline, by source
 * @param frozen when the baseline was; null while it is collected
 * @param panes closed ones, oldest first
 * @param alarms those that stand
 * @param ended the one that ended last
 * @param until when that was
 * @param accepted when somebody last took a drift as how things are now; null: nobody did
 */
public record WatchState(
        String task,
        String digest,
        int labels,
        Phase phase,
        Instant paneBegan,
        Map<String, Tally> current,
        int lived,
        Map<String, Tally> reference,
        @Nullable Instant frozen,
        List<Pane> panes,
        List<Alarm> alarms,
        @Nullable Alarm ended,
        @Nullable Instant until,
        @Nullable Instant accepted) {
    public WatchState {
        current = Map.copyOf(current);
        reference = Map.copyOf(reference);
        panes = List.copyOf(panes);
        alarms = List.copyOf(alarms);
    }

    /** Of a task that was never seen. */
    public static WatchState of(String task, String digest, int labels, Instant now) {
        return new WatchState(
                task,
                digest,
                labels,
                Phase.SETTLING,
                now,
                Map.of(),
                0,
                Map.of(),
                null,
                List.of(),
                List.of(),
                null,
                null,
                null);
    }
}
