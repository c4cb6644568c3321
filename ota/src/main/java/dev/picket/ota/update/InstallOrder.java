package dev.picket.ota.update;

import dev.picket.ota.release.Channel;

/**
 * A Set that people want on this gateway, whatever the channel names.
 *
 * @param id names the order; the same one again is answered with how it ended
 * @param set the target path, {@code sets/{name}/{counter}.json}
 * @param downgrade whether it may be older than what was installed
 * @param again whether it is tried although it failed here before
 */
public record InstallOrder(String id, String set, boolean downgrade, boolean again) {
    public InstallOrder {
        if (!Channel.isSetPath(set)) {
            throw new IllegalArgumentException("'" + set + "' is not sets/{name}/{counter}.json");
        }
    }
}
