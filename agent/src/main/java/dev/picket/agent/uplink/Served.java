package dev.picket.agent.uplink;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway says of itself in its birth.
 *
 * @param agent the agent's version
 * @param base the digest of the base that serves, null while none does
 * @param tasks the digest of each task that serves, by name
 */
public record Served(String agent, @Nullable String base, Map<String, String> tasks) {
    public Served {
        tasks = Map.copyOf(tasks);
    }
}
