package dev.picket.agent.read;

import dev.picket.agent.config.SourceConfig;
import dev.picket.agent.config.TaskConfig;
import dev.picket.agent.judge.Judge;
import dev.picket.sensors.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * A source and the tasks that its readings are asked, in order.
 *
 * @param conditions of tasks that not each reading is asked, by the task; each on one that stands before it
 * @param high whether its readings are judged before those of others
 * @param behind what it does when its readings are judged too late
 */
public record Route(Source source, List<String> tasks, Map<String, Condition> conditions, boolean high, Behind behind) {
    public Route {
        tasks = List.copyOf(tasks);
        conditions = Map.copyOf(conditions);
    }

    /** Each reading is asked each task; they take turns with those of others, and wait as long as they must. */
    public Route(Source source, List<String> tasks) {
        this(source, tasks, Map.of());
    }

    Route(Source source, List<String> tasks, Map<String, Condition> conditions) {
        this(source, tasks, conditions, false, Behind.WAIT);
    }

    /** As the source's configuration says. */
    public static Route of(Source source, SourceConfig config) {
        Map<String, Condition> conditions = new HashMap<>();
        for (TaskConfig each : config.tasks()) {
            if (each.when() != null) {
                conditions.put(each.task(), new Condition(each.when(), new HashSet<>(each.labels())));
            }
        }
        return new Route(
                source,
                config.taskNames(),
                conditions,
                config.priority() == SourceConfig.Urgency.HIGH,
                new Behind(config.whenBehind(), config.behindAfter()));
    }

    /** Labels that a condition waits for and that its task, as it is served now, never answers; a sentence each. */
    List<String> warnings(Judge judge) {
        List<String> warnings = new ArrayList<>();
        for (String task : tasks) {
            Condition condition = conditions.get(task);
            if (condition == null) {
                continue;
            }
            List<String> known = judge.labels(condition.task());
            List<String> unknown = condition.labels().stream()
                    .filter(label -> !known.contains(label))
                    .sorted()
                    .toList();
            if (!known.isEmpty() && !unknown.isEmpty()) {
                warnings.add("Source '" + source.name() + "' asks " + task + " upon " + String.join(", ", unknown)
                        + " of " + condition.task() + ", which never answers that; its labels are "
                        + String.join(", ", known) + ".");
            }
        }
        return warnings;
    }
}
