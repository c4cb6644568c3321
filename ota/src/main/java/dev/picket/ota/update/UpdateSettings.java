package dev.picket.ota.update;

import dev.picket.ota.release.ReleaseLimits;
import java.time.Duration;
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
 * @param lookEvery how often the repository is asked for new metadata while a trial goes on; zero: not before its end
 */
public record UpdateSettings(
        String channel,
        Set<String> tasks,
        String agentVersion,
        Instant builtAt,
        int attempts,
        ReleaseLimits limits,
        Duration lookEvery) {
    public UpdateSettings {
        tasks = Set.copyOf(tasks);
    }

    /** Of a gateway that asks for nothing while a trial goes on. */
    public UpdateSettings(
            String channel,
            Set<String> tasks,
            String agentVersion,
            Instant builtAt,
            int attempts,
            ReleaseLimits limits) {
        this(channel, tasks, agentVersion, builtAt, attempts, limits, Duration.ZERO);
    }

    boolean runs(String task) {
        return tasks.isEmpty() || tasks.contains(task);
    }
}
