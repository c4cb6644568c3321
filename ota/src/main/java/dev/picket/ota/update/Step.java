package dev.picket.ota.update;

import java.util.Locale;

/** Where an update stands. A step is saved before it is taken, so this is what a restart goes on with. */
public enum Step {
    IDLE,
    /** Files of the candidate are coming; goes on only after a refresh that finds it still named. */
    FETCHING,
    /** All files are there and verified. */
    VERIFIED,
    /** The Set's folder is there. */
    STAGED,
    EXAM,
    SHADOW,
    /** The candidate is the active Set; it is being loaded and switched to. */
    SWITCHED,
    PROBATION,
    COMMITTED,
    REJECTED,
    /** The last good Set is the active one again; it is being switched to. */
    ROLLED_BACK;

    /** Whether how it ended is known: nothing is under way, or what is left over is being removed. */
    public boolean isOver() {
        return switch (this) {
            case IDLE, COMMITTED, REJECTED, ROLLED_BACK -> true;
            case FETCHING, VERIFIED, STAGED, EXAM, SHADOW, SWITCHED, PROBATION -> false;
        };
    }

    /** The name in JSON: lower case with hyphens. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
