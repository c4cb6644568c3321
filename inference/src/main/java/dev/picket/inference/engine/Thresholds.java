package dev.picket.inference.engine;

import dev.picket.inference.Decision;
import dev.picket.inference.codec.TaskManifest;

/** When a label stands: its own threshold, else the task's; where no bound could be shown, never. */
final class Thresholds {
    private final TaskManifest manifest;

    Thresholds(TaskManifest manifest) {
        this.manifest = manifest;
    }

    Decision decide(TaskManifest.Label label, float confidence) {
        TaskManifest.Threshold own = manifest.decision().perLabel().get(label.name());
        TaskManifest.Threshold threshold = own == null ? manifest.decision().threshold() : own;
        boolean stands = !label.escalate() && threshold != null && confidence >= threshold.value();
        return stands ? new Decision.Accept() : new Decision.Escalate();
    }
}
