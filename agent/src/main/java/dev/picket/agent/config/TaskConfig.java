package dev.picket.agent.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task that readings of a source are asked: {@code fraud}, or
 * {@code { task: fraud, when: triage, labels: [payment, account] }}.
 *
 * @param task its name
 * @param when a task named before it in the list, on whose answer it depends; null: each reading is asked
 * @param labels the answers of that task upon which it is asked. It is asked, too, where that task was not sure, so that a
 *     doubt at the router hides nothing
 */
@ShortForm
public record TaskConfig(String task, @Nullable String when, List<String> labels) {
    public TaskConfig {
        labels = List.copyOf(labels);
        if (when != null && labels.isEmpty()) {
            throw new IllegalArgumentException("task '" + task + "' depends on '" + when
                    + "' and does not say upon which answers; name one or more in 'labels', or remove 'when'");
        }
        if (when == null && !labels.isEmpty()) {
            throw new IllegalArgumentException(
                    "task '" + task + "' names labels of another task and not which; set 'when', or remove 'labels'");
        }
    }

    /** One that each reading is asked. */
    public static TaskConfig always(String task) {
        return new TaskConfig(task, null, List.of());
    }
}
