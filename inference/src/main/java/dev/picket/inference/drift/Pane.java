package dev.picket.inference.drift;

import java.time.Instant;
import java.util.Map;

/**
 * A sixth of a window, closed.
 *
 * @param watched whether it came after the baseline was frozen, so that it may be compared with it
 * @param mix how many of its texts came from each source
 */
public record Pane(Instant ended, boolean watched, Tally tally, Map<String, Integer> mix) {
    public Pane {
        mix = Map.copyOf(mix);
    }
}
