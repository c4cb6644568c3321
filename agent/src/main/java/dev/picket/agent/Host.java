package dev.picket.agent;

import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.overlay.Overlays;
import dev.picket.agent.pulse.Pulse;

/**
 * What is around an agent.
 *
 * @param overlays what the console has sent of its configuration
 * @param pulse watches its loops
 * @param restart makes it end and start again, with the configuration read anew; returns at once
 */
public record Host(Overlays overlays, Pulse pulse, Runnable restart) {
    /** Whose loops nobody looks at. */
    public Host(Overlays overlays, Runnable restart) {
        this(overlays, new Pulse(System::nanoTime), restart);
    }

    /** For an agent that nobody starts again. */
    static Host none(PicketConfig config) {
        return new Host(Overlays.none(config), () -> {});
    }
}
