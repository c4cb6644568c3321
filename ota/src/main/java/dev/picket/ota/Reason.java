package dev.picket.ota;

import java.util.Arrays;
import java.util.Locale;

/** Why an update was refused or taken back. Trying the same bytes again will not help. */
public enum Reason {
    /** A signature, hash or length does not fit the bytes. */
    TAMPERED,
    /** Fewer signatures than the role's threshold. */
    UNSIGNED,
    /** Signed, but by no key that the role trusts. */
    WRONG_KEY,
    /** A version or counter below the one that is trusted or installed. */
    OLDER,
    /** Metadata that do not belong together. */
    MIXED,
    EXPIRED,
    TOO_LARGE,
    /** Not of the format, or breaking a rule of it: a path that climbs, a name that differs from its path. */
    MALFORMED,
    /** Named by signed metadata and not there. */
    MISSING,
    /** A task made for another base than the Set's. */
    BASE_DIFFERS,
    /** A task that runs now has no member in a Set that replaces its base. */
    TASK_MISSING,
    AGENT_TOO_OLD,
    EXAM_FAILED,
    SHADOW_FAILED,
    PROBATION_FAILED,
    /** Taken back by order, whatever it was worth. */
    ORDERED,
    /** Tried on this device before, and failed. */
    FAILED_BEFORE,
    /** The process died in the same step more often than allowed. */
    CRASHED;

    /** The name in JSON: lower case with hyphens. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The reason of that wire name; MALFORMED for a name that a later version wrote. */
    public static Reason of(String wireName) {
        return Arrays.stream(values())
                .filter(each -> each.wireName().equals(wireName))
                .findFirst()
                .orElse(MALFORMED);
    }
}
