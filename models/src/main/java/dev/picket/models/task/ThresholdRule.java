package dev.picket.models.task;

import dev.picket.inference.codec.TaskManifest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A task's thresholds: one for the task, tested on all texts that it could accept, and one for each label with enough rows, tested on the texts
 * that were given the label. A label that always escalates has part in neither. Each bound holds for itself. Where the rule as a
 * whole does not keep to the allowed rate on the same rows, the labels' own thresholds are dropped; that is a precaution, not a bound.
 */
final class ThresholdRule {
    /** A label with fewer accepted rows gets no threshold of its own. */
    static final int LEAST_ACCEPTED_OF_LABEL = 60;

    private final List<TaskManifest.Label> labels;
    private final double maxError;

    ThresholdRule(List<TaskManifest.Label> labels, double maxError) {
        this.labels = labels;
        this.maxError = maxError;
    }

    /**
     * The answer to one row.
     *
     * @param key the {@link TextKey} of its text
     * @param label the most probable one
     */
    record Answer(String key, int label, double confidence, boolean right) {}

    /**
     * Chooses.
     *
     * @param fitted rows that temperature and bias were fitted on
     * @param held rows that had no part in anything before
     */
    TaskManifest.DecisionRule of(List<Answer> fitted, List<Answer> held) {
        return ofDistinct(distinct(fitted), distinct(held));
    }

    /**
     * One answer in place of all copies of a text that got one label: a line that a log repeats a hundred times is one trial, not a hundred.
     * It is as confident as the most confident copy, and wrong where one of them is.
     */
    static List<Answer> distinct(List<Answer> answers) {
        Map<String, Answer> found = new LinkedHashMap<>();
        for (Answer each : answers) {
            found.merge(
                    each.label() + " " + each.key(),
                    each,
                    (one, other) -> new Answer(
                            one.key(),
                            one.label(),
                            Math.max(one.confidence(), other.confidence()),
                            one.right() && other.right()));
        }
        return List.copyOf(found.values());
    }

    private TaskManifest.DecisionRule ofDistinct(List<Answer> fitted, List<Answer> held) {
        double ratio = (double) held.size() / fitted.size();
        TaskManifest.Threshold whole =
                choose(new ThresholdChoice(maxError, 1), acceptable(fitted), acceptable(held), ratio);
        Map<String, TaskManifest.Threshold> own = new LinkedHashMap<>();
        for (int label = 0; label < labels.size(); label++) {
            int asked = label;
            TaskManifest.Threshold threshold = choose(
                    new ThresholdChoice(maxError, LEAST_ACCEPTED_OF_LABEL),
                    acceptable(fitted).stream()
                            .filter(each -> each.label() == asked)
                            .toList(),
                    acceptable(held).stream()
                            .filter(each -> each.label() == asked)
                            .toList(),
                    ratio);
            if (threshold != null) {
                own.put(labels.get(label).name(), threshold);
            }
        }
        TaskManifest.DecisionRule both = new TaskManifest.DecisionRule(whole, own);
        return ThresholdChoice.bound(guesses(accepted(both, held))) <= maxError
                ? both
                : new TaskManifest.DecisionRule(whole, Map.of());
    }

    /** What the rule would let through. */
    List<Answer> accepted(TaskManifest.DecisionRule rule, List<Answer> answers) {
        return acceptable(answers).stream()
                .filter(each -> {
                    TaskManifest.Threshold own =
                            rule.perLabel().get(labels.get(each.label()).name());
                    TaskManifest.Threshold threshold = own == null ? rule.threshold() : own;
                    return threshold != null && ThresholdChoice.accepts(threshold.value(), each.confidence());
                })
                .toList();
    }

    private static TaskManifest.@Nullable Threshold choose(
            ThresholdChoice choice, List<Answer> fitted, List<Answer> held, double ratio) {
        List<Double> ladder =
                choice.ladder(fitted.stream().map(Answer::confidence).toList(), ratio);
        return choice.of(ladder, guesses(held));
    }

    private List<Answer> acceptable(List<Answer> answers) {
        return answers.stream()
                .filter(each -> !labels.get(each.label()).escalate())
                .toList();
    }

    private static List<ThresholdChoice.Guess> guesses(List<Answer> answers) {
        return answers.stream()
                .map(each -> new ThresholdChoice.Guess(each.confidence(), each.right()))
                .toList();
    }
}
