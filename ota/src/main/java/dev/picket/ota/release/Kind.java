package dev.picket.ota.release;

import java.util.Locale;

/** What a release holds. */
public enum Kind {
    BASE,
    TASK;

    /** The name in JSON and in paths: lower case. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The file whose SHA-256 is the release's digest: {@code base.json}, {@code task.json}. */
    public String manifest() {
        return wireName() + ".json";
    }
}
