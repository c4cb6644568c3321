package dev.picket.ota.tuf;

import java.time.Instant;

/**
 * The latest time that a publisher signed as {@code issued}: no clock of a gateway is earlier than that.
 *
 * <p>It is signed by an online key alone, and lasts, so it ends as the versions do that such a key signs (step 5.3.11):
 * once a later root takes a key of timestamp away, it counts no longer.
 *
 * @param at the time
 * @param root the version of the root that was in force then
 */
public record SignedTime(Instant at, long root) {
    public static final SignedTime NONE = new SignedTime(Instant.EPOCH, 0);
}
