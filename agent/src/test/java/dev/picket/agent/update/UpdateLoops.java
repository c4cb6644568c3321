package dev.picket.agent.update;

import dev.picket.ota.fetch.Allowance;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.store.FileStore;
import dev.picket.ota.update.Updater;
import java.time.Duration;

/** Update loops of tests that stand outside the package. */
public final class UpdateLoops {
    private UpdateLoops() {}

    /** One that polls when it is told to, and at its start. */
    public static UpdateLoop over(Updater updater, FileStore store, Fetcher fetcher) {
        return new UpdateLoop(
                updater, Duration.ofHours(1), "", new Downloads(store, Allowance.unlimited(), new Plug(fetcher), ""));
    }
}
