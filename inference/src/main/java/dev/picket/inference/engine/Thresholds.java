package dev.picket.inference.engine;

import dev.picket.inference.Decision;
import dev.picket.inference.codec.TaskManifest;

/** When a label stands: by its own threshold, else by the task's; where neither could be shown, never. */
final class Thresholds {
    private final TaskManifest.DecisionRule rule;

    Thresholds(TaskManifest.DecisionRule rule) {
        this.rule = rule;
    }

    Decision decide(TaskManifest.Label label, float confidence) {
        TaskManifest.Threshold own = rule.perLabel().get(label.name());
        TaskManifest.Threshold threshold = own == null ? rule.threshold() : own;
        boolean stands = !label.escalate() && threshold != null && confidence >= threshold.value();
        return stands ? new Decision.Accept() : new Decision.Escalate();
    }
}
