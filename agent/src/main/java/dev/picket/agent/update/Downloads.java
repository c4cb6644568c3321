package dev.picket.agent.update;

import dev.picket.agent.uplink.ReportParts;
import dev.picket.ota.fetch.Allowance;
import dev.picket.ota.store.Fetching;
import dev.picket.ota.store.FileStore;

/**
 * What comes over the link for updates, for those who look on.
 *
 * @param plug where it comes from
 * @param distrust why nothing that comes could be trusted; empty where it could
 */
record Downloads(FileStore store, Allowance allowance, Plug plug, String distrust) {
    ReportParts.Fetch now() {
        Fetching now = store.fetching();
        return new ReportParts.Fetch(
                now.set(),
                now.bytes(),
                now.total(),
                now.bytesPerSecond(),
                now.place(),
                now.waits(),
                now.thrownAway(),
                allowance.bytes());
    }
}
