package dev.picket.agent;

import dev.picket.agent.config.InferenceConfig;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.pulse.Pulse;
import dev.picket.ota.update.Step;
import java.time.Duration;

/**
 * How long each loop may be silent before it counts as stalled. Each is longer than all that the loop waits for on
 * purpose in one round, so that a broker that hangs, a server that is slow and a disk that is busy never look like a fault
 * of ours; what is left is a lock that never comes free, or a native call that never returns.
 */
final class Silences {
    /** An SD card may hold one write up for minutes while it cleans up. */
    static final Duration DISK = Duration.ofMinutes(10);
    /** A damaged journal is salvaged before an agent runs. */
    static final Duration START = Duration.ofHours(1);
    /** Hashing and loading a large base from a slow disk; what takes longer in a trial rests on its way. */
    static final Duration UPDATES = Duration.ofMinutes(30);
    /** For what a native call needs to come back once it was told to end. */
    private static final Duration GRACE = Duration.ofMinutes(2);
    /** How long a slow link may take for one Set. */
    private static final Duration FETCH = Duration.ofDays(30);
    /** Waits for the broker in one round of a loop: the connection, the birth, subscriptions, a report. */
    private static final int ANSWERS_A_ROUND = 8;

    private Silences() {}

    /** A text has a deadline, for both stages of a task together, and its run is terminated at it. */
    static Duration judging(InferenceConfig inference) {
        return inference.deadline().multipliedBy(2).plus(GRACE);
    }

    /** The broker is given up at a timeout. */
    static Duration uplink(UplinkConfig uplink) {
        return uplink.connectTimeout()
                .plus(uplink.ackTimeout().multipliedBy(ANSWERS_A_ROUND))
                .plus(DISK);
    }

    /** Called by the updates' loop at each step: fetching takes what the link makes it take. */
    static void step(Step step) {
        switch (step) {
            case FETCHING -> Pulse.rest(FETCH);
            case IDLE, VERIFIED, STAGED, EXAM, SHADOW, SWITCHED, PROBATION, COMMITTED, REJECTED, ROLLED_BACK ->
                Pulse.beat();
        }
    }
}
