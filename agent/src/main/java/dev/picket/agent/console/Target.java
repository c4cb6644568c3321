package dev.picket.agent.console;

import dev.picket.agent.config.TopicName;
import dev.picket.agent.uplink.Topics;
import org.jspecify.annotations.Nullable;

/**
 * Whom a console means.
 *
 * @param gateway null: all of the site
 */
public record Target(String site, @Nullable String gateway) {
    /** @throws IllegalArgumentException with one sentence when a name cannot stand in a topic */
    public Target {
        TopicName.checked("the site", site);
        if (gateway != null) {
            TopicName.checked("the gateway", gateway);
        }
    }

    String commandTopic(String verb) {
        return root(gateway == null ? "all" : gateway) + "/command/" + verb;
    }

    String reportFilter() {
        return root(gateway == null ? "+" : gateway) + "/report";
    }

    /** Whom a signature speaks to. */
    String audience() {
        return site + "/" + (gateway == null ? "*" : gateway);
    }

    private String root(String name) {
        return Topics.ROOT + site + "/" + name;
    }
}
