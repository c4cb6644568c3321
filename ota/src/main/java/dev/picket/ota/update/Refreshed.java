package dev.picket.ota.update;

import dev.picket.ota.tuf.TrustedTargets;

/** Takes from fresh metadata what is no release. What it cannot have now is its own trouble, not the update's. */
@FunctionalInterface
public interface Refreshed {
    /** For those who want releases only. */
    Refreshed NOTHING = _ -> {};

    void targets(TrustedTargets trusted) throws InterruptedException;
}
