package dev.picket.agent.service;

import dev.picket.agent.pulse.Pulse;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Feeds the service manager's watchdog while no loop has stalled; tells of each that has, before it feeds no more. */
final class Watchdog {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    private final Pulse pulse;
    private final Runnable feed;
    private final Set<String> told = new HashSet<>();

    Watchdog(Pulse pulse, Runnable feed) {
        this.pulse = pulse;
        this.feed = feed;
    }

    /** One look. */
    void look() {
        Set<String> stalled = new HashSet<>();
        for (Pulse.Stall stall : pulse.stalls()) {
            stalled.add(stall.loop());
            if (told.add(stall.loop())) {
                LOG.error(
                        "The loop {} has made no progress for {} s, and {} are allowed; the watchdog is not fed, so that"
                                + " the service manager starts the agent again. It stands at: {}",
                        stall.loop(),
                        stall.silent().toSeconds(),
                        stall.allowed().toSeconds(),
                        stall.where());
            }
        }
        told.removeIf(loop -> {
            boolean again = !stalled.contains(loop);
            if (again) {
                LOG.warn("The loop {} makes progress again", loop);
            }
            return again;
        });
        if (stalled.isEmpty()) {
            feed.run();
        }
    }
}
