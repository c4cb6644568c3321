package dev.picket.ota.update;

import dev.picket.ota.release.Channel;

/**
 * A Set that people want on this gateway, whatever the channel names.
 *
 * @param id names the order; the same one again is answered with how it ended
 * @param set the target path, {@code sets/{name}/{counter}.json}
 * @param downgrade whether it may be older than what was installed
 * @param again whether it is tried although it failed here before
 * @param patient whether it waits while the repository cannot be trusted now, or has not the Set yet; else that ends it
 */
public record InstallOrder(String id, String set, boolean downgrade, boolean again, boolean patient) {
    /** One of somebody who waits for an answer. */
    public InstallOrder(String id, String set, boolean downgrade, boolean again) {
        this(id, set, downgrade, again, false);
    }

    public InstallOrder {
        if (!Channel.isSetPath(set)) {
            throw new IllegalArgumentException("'" + set + "' is not sets/{name}/{counter}.json");
        }
    }
}
