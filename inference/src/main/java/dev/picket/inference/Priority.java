package dev.picket.inference;

import java.util.Locale;

/** How urgent a verdict is, most urgent first: what is kept longest and sent first. Labels choose among the last three. */
public enum Priority {
    /** A verdict that a person should see, whatever its label: escalated, or failed. */
    ESCALATION,
    ALARM,
    NOTICE,
    ROUTINE;

    /** The name in JSON and in ids: lower case. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
