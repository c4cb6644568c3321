package dev.picket.ota.repository;

import java.time.Duration;

/** How long each role's metadata are good from their signing on. */
public record Validity(Duration root, Duration targets, Duration snapshot, Duration timestamp) {
    public static final Validity DEFAULT =
            new Validity(Duration.ofDays(365), Duration.ofDays(180), Duration.ofDays(60), Duration.ofDays(14));
}
