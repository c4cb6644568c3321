package dev.picket.ota.repository;

import java.time.Duration;
import java.time.Instant;

/** How long each role's metadata are good from their signing on. */
public record Validity(Duration root, Duration targets, Duration snapshot, Duration timestamp) {
    public static final Validity DEFAULT =
            new Validity(Duration.ofDays(365), Duration.ofDays(180), Duration.ofDays(60), Duration.ofDays(14));

    /** The same with another life of the timestamp. */
    public Validity withTimestamp(Duration life) {
        return new Validity(root, targets, snapshot, life);
    }

    /** Whether half of a file's time or more has passed: it is signed anew with the next occasion. */
    static boolean isDue(SignedFile file, Duration life, Instant now) {
        return file.expires().minus(life.dividedBy(2)).isBefore(now);
    }
}
