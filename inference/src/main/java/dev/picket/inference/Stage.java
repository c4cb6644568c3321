package dev.picket.inference;

import java.util.Locale;

/** Which part of a Set answered a text: a cheap first stage that was sure of it, or the base. */
public enum Stage {
    FIRST,
    MAIN;

    /** The name in JSON and in the journal: lower case. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
