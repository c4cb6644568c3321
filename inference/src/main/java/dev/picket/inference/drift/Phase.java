package dev.picket.inference.drift;

import java.util.Locale;

/**
 * How far the watch over one task is.
 *
 * <pre>
 * SETTLING --probation over--> COLLECTING --enough time and texts--> WATCHING
 *     ^                                                                  |
 *     +-------- another task digest, or the drift is accepted ----------+
 * </pre>
 */
public enum Phase {
    /** The Set is on probation: what it sees counts for no baseline. */
    SETTLING,
    /** The local baseline grows. */
    COLLECTING,
    /** The baseline is frozen, and each window is compared with it. */
    WATCHING;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
