package dev.picket.inference.engine;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.Decision;
import dev.picket.inference.Stage;
import dev.picket.inference.codec.CascadeRule;
import dev.picket.inference.codec.TaskManifest;
import org.jspecify.annotations.Nullable;

/**
 * Two stages: a task that has a {@link CascadeRule} is asked of the first one's classifier before the base, and of the
 * base only where that is not sure. Safe for many threads, as the classifiers are; owns neither.
 *
 * <pre>
 * first stage: a label of the rule, at or above its threshold   that answer, {@link Stage#FIRST}
 * first stage: anything else, or it fails on the text           the base's answer, {@link Stage#MAIN}
 * </pre>
 *
 * An answer of the first stage carries the digests, labels and probabilities of what gave it, and the name and the
 * priority of the task that was asked. Its latency counts in that of the base after it, and one deadline bounds both.
 */
public final class Cascade {
    private final Classifier main;
    private final @Nullable Classifier first;

    /**
     * @param first null: none, and a task's rule is not looked at, since the task alone answers all texts
     * @throws BadArtefactException when a task's rule names a task or a label that the first stage does not have
     */
    public Cascade(Classifier main, @Nullable Classifier first) throws BadArtefactException {
        this.main = main;
        this.first = first;
        if (first != null) {
            for (String task : main.tasks()) {
                check(main.taskManifest(task), first);
            }
        }
    }

    private static void check(TaskManifest task, Classifier first) throws BadArtefactException {
        CascadeRule rule = task.cascade();
        if (rule == null) {
            return;
        }
        if (!first.tasks().contains(rule.task())) {
            throw new BadArtefactException("Task '" + task.name() + "' asks the first stage's task '" + rule.task()
                    + "', and the first stage has " + first.tasks() + ".");
        }
        for (String label : rule.accept().keySet()) {
            if (!first.taskManifest(rule.task()).labelNames().contains(label)) {
                throw new BadArtefactException("Task '" + task.name() + "' would accept '" + label
                        + "' from the first stage's task '" + rule.task() + "', whose labels are "
                        + first.taskManifest(rule.task()).labelNames() + ".");
            }
        }
    }

    /** The same for a text of a source. */
    public Classification classify(String task, String text) throws ClassificationException {
        return classify(task, text, Lane.BACKGROUND);
    }

    /**
     * Asks one task about one text, of the first stage where the task has one.
     *
     * @param lane who waits for the answer
     * @throws ClassificationException when the base cannot classify this text; what the first stage cannot the base does
     * @throws IllegalArgumentException when there is no such task
     * @throws IllegalStateException when a classifier is closed
     */
    public Classification classify(String task, String text, Lane lane) throws ClassificationException {
        CascadeRule rule = rule(task);
        if (first == null || rule == null) {
            return main.classify(task, text, lane);
        }
        long spent = 0;
        Turn turn = main.turn(lane);
        try {
            Classification quick = first.classify(rule.task(), text, turn);
            spent = quick.latencyNanos();
            if (rule.accepts(quick.label(), quick.confidence())) {
                return accepted(task, quick);
            }
        } catch (ClassificationException _) {
            // The base may well answer it, and says so where it cannot either.
        }
        Classification answer = main.classify(task, text, turn);
        return answer.within(spent + answer.latencyNanos());
    }

    private Classification accepted(String task, Classification quick) {
        TaskManifest.Label label = main.taskManifest(task).labels().stream()
                .filter(each -> each.name().equals(quick.label()))
                .findFirst()
                .orElseThrow();
        return quick.standsFor(task, label.priority(), new Decision.Accept(), quick.latencyNanos());
    }

    /** The digests of all that answers of a task depend on. */
    public String asked(String task) {
        CascadeRule rule = rule(task);
        return first == null || rule == null
                ? main.taskDigest(task)
                : main.taskDigest(task) + first.taskDigest(rule.task());
    }

    private @Nullable CascadeRule rule(String task) {
        return main.taskManifest(task).cascade();
    }
}
