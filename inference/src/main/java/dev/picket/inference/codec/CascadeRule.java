package dev.picket.inference.codec;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.BadArtefactException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * When a cheaper task answers in this one's place, as {@code task.json} says it; the task is on another base, and is asked
 * first (a cascade: Viola and Jones 2001; for language models FrugalGPT, Chen et al. 2023).
 *
 * <pre>
 * "cascade": {"task": "fraud-quick",                            the first stage's task
 *             "accept": {"ham": {"value": 0.99, "n": 400, "bound": 0.01}}}
 * </pre>
 *
 * A label that is not named here is never the first stage's to give: below its threshold, or without one, this task is
 * asked.
 *
 * @param task the first stage's task, a plain name
 * @param accept the least confidence by label, at least one; each with its own n and bound
 */
public record CascadeRule(String task, Map<String, TaskManifest.Threshold> accept) {
    private static final int MOST_LABELS = 256;

    public CascadeRule {
        accept = Map.copyOf(accept);
    }

    /** Whether the first stage's answer stands. */
    public boolean accepts(String label, float confidence) {
        TaskManifest.Threshold threshold = accept.get(label);
        return threshold != null && confidence >= threshold.value();
    }

    /** The share of wrong answers that is promised of this label where it is accepted; 0 of one that never is. */
    public double bound(String label) {
        TaskManifest.Threshold threshold = accept.get(label);
        return threshold == null ? 0 : threshold.bound();
    }

    static CascadeRule parse(Fields fields, String name, List<TaskManifest.Label> labels) throws BadArtefactException {
        String task = fields.text("task", 64, Names::plain, Names.PLAIN);
        if (task.equals(name)) {
            throw fields.fault("task", "is this task itself");
        }
        Map<String, TaskManifest.Threshold> accept = new LinkedHashMap<>();
        for (Map.Entry<String, Fields> each :
                fields.named("accept", MOST_LABELS).entrySet()) {
            TaskManifest.Label label = labels.stream()
                    .filter(one -> one.name().equals(each.getKey()))
                    .findFirst()
                    .orElseThrow(() ->
                            fields.fault("accept", "names '" + each.getKey() + "', which is no label of the task"));
            if (label.escalate()) {
                throw fields.fault(
                        "accept", "names '" + label.name() + "', which always escalates and so cannot stand early");
            }
            accept.put(label.name(), TaskParser.threshold(each.getValue()));
        }
        if (accept.isEmpty()) {
            throw fields.fault("accept", "names no label, so the first stage could never answer");
        }
        fields.end();
        return new CascadeRule(task, accept);
    }

    void write(ObjectNode node) {
        node.put("task", task);
        ObjectNode labels = node.putObject("accept");
        new TreeMap<>(accept)
                .forEach((label, threshold) -> labels.putObject(label)
                        .put("value", threshold.value())
                        .put("n", threshold.n())
                        .put("bound", threshold.bound()));
    }
}
