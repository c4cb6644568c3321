package dev.picket.agent;

import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.overlay.Overlays;

/**
 * What is around an agent.
 *
 * @param overlays what the console has sent of its configuration
 * @param restart makes it end and start again, with the configuration read anew; returns at once
 */
public record Host(Overlays overlays, Runnable restart) {
    /** For an agent that nobody starts again. */
    static Host none(PicketConfig config) {
        return new Host(Overlays.none(config), () -> {});
    }
}
