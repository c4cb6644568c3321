package dev.picket.agent.http;

import dev.picket.agent.drift.TaskDrift;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The drift watch under {@code /prometheus}: tasks and statistics get meters of their own once they are seen. */
final class DriftMetrics {
    private DriftMetrics() {}

    static void bind(MeterRegistry registry, List<TaskDrift> seen, Supplier<List<TaskDrift>> now) {
        for (TaskDrift each : seen) {
            String task = each.task();
            gauge(
                    registry,
                    "picket.drift.baseline",
                    "how far the local baseline is, 0 to 1",
                    Tags.of("task", task),
                    of(now, task, TaskDrift::progress));
            gauge(
                    registry,
                    "picket.drift.texts",
                    "distinct texts of the last window's time",
                    Tags.of("task", task),
                    of(now, task, TaskDrift::texts));
            gauge(
                    registry,
                    "picket.drift.alarms",
                    "drifts that stand",
                    Tags.of("task", task),
                    of(now, task, drift -> drift.alarms().size()));
            effects(
                    registry,
                    each.shifts(),
                    "picket.drift.effect",
                    "from the local baseline",
                    task,
                    now,
                    TaskDrift::shifts);
            effects(registry, each.gap(), "picket.drift.gap", "from what the desk saw", task, now, TaskDrift::gap);
        }
    }

    private static void effects(
            MeterRegistry registry,
            List<TaskDrift.Effect> seen,
            String name,
            String what,
            String task,
            Supplier<List<TaskDrift>> now,
            Function<TaskDrift, List<TaskDrift.Effect>> part) {
        for (TaskDrift.Effect each : seen) {
            gauge(
                    registry,
                    name,
                    "Cramér's V of labels, Kolmogorov-Smirnov distance of signals, " + what,
                    Tags.of("task", task, "of", each.of()),
                    of(now, task, drift -> effect(part.apply(drift), each.of())));
        }
    }

    private static double effect(List<TaskDrift.Effect> effects, String of) {
        return effects.stream()
                .filter(each -> each.of().equals(of))
                .mapToDouble(TaskDrift.Effect::effect)
                .findFirst()
                .orElse(Double.NaN);
    }

    /** Not a number once the task no longer serves. */
    private static Supplier<Number> of(Supplier<List<TaskDrift>> now, String task, ToDoubleFunction<TaskDrift> value) {
        return () -> {
            Optional<TaskDrift> drift =
                    now.get().stream().filter(each -> each.task().equals(task)).findFirst();
            return drift.isPresent() ? value.applyAsDouble(drift.get()) : Double.NaN;
        };
    }

    private static void gauge(MeterRegistry registry, String name, String what, Tags tags, Supplier<Number> value) {
        Gauge.builder(name, value)
                .description(what)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }
}
