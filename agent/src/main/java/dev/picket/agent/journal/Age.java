package dev.picket.agent.journal;

import java.time.Duration;
import java.util.List;

/**
 * The journal's age at one moment, in milliseconds that passed for certain since it was made. A row's stamp is the age at
 * which it was written.
 *
 * @param now what was observed
 * @param leaps what passed unobserved, last first
 */
record Age(long now, List<Leap> leaps) {
    /**
     * Time between two boots.
     *
     * @param stamp rows up to this one, and no others, grew older by it
     * @param millis how much
     */
    record Leap(long stamp, long millis) {}

    Age {
        leaps = List.copyOf(leaps);
    }

    /** How old what has that stamp is. */
    Duration of(long stamp) {
        long millis = now - stamp;
        for (Leap leap : leaps) {
            millis += leap.stamp() >= stamp ? leap.millis() : 0;
        }
        return Duration.ofMillis(millis);
    }

    /** The last stamp of what is as old as that or older; negative where nothing can be. */
    long lastOf(Duration old) {
        long passed = now - old.toMillis();
        for (Leap leap : leaps) {
            if (passed > leap.stamp()) {
                return passed;
            }
            passed = Math.min(leap.stamp(), passed + leap.millis());
        }
        return passed;
    }
}
