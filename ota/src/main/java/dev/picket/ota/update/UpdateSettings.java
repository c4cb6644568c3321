package dev.picket.ota.update;

import dev.picket.ota.release.ReleaseLimits;
import java.time.Instant;
import java.util.Set;

/**
 * What this gateway wants.
 *
 * @param channel the channel that it follows
 * @param tasks the tasks that it runs; others are left out of a Set. Empty: all
 * @param agentVersion this agent's version, held against a release's minimum
 * @param builtAt when this agent was built: it cannot be earlier now
 * @param attempts how often one step may be begun before the process's deaths in it count as its failure
 */
public record UpdateSettings(
        String channel, Set<String> tasks, String agentVersion, Instant builtAt, int attempts, ReleaseLimits limits) {
    public UpdateSettings {
        tasks = Set.copyOf(tasks);
    }

    boolean runs(String task) {
        return tasks.isEmpty() || tasks.contains(task);
    }
}
