package dev.picket.inference;

import java.util.List;

/**
 * What a task answered to one text.
 *
 * @param task the task's name
 * @param baseDigest SHA-256 of base.json, lower-case hex
 * @param taskDigest SHA-256 of task.json, lower-case hex
 * @param labels the task's labels, in its order
 * @param probabilities calibrated, one per label in the same order, summing to 1
 * @param label the most probable label
 * @param confidence its probability
 * @param priority its priority
 * @param decision accept or escalate
 * @param cut whether the text was longer than the task's maximum and lost its middle
 * @param stage which part of the Set answered
 * @param cached whether the same text had this answer before, and nothing was run
 * @param signals what the run said beside its answer
 * @param latencyNanos from the text to this answer, tokenizing included; of a cached one what looking it up took
 */
public record Classification(
        String task,
        String baseDigest,
        String taskDigest,
        List<String> labels,
        List<Float> probabilities,
        String label,
        float confidence,
        Priority priority,
        Decision decision,
        boolean cut,
        Stage stage,
        boolean cached,
        Signals signals,
        long latencyNanos) {
    public Classification {
        labels = List.copyOf(labels);
        probabilities = List.copyOf(probabilities);
    }

    /** What a run of the base has just answered, without more to say of it. */
    public Classification(
            String task,
            String baseDigest,
            String taskDigest,
            List<String> labels,
            List<Float> probabilities,
            String label,
            float confidence,
            Priority priority,
            Decision decision,
            boolean cut,
            long latencyNanos) {
        this(
                task,
                baseDigest,
                taskDigest,
                labels,
                probabilities,
                label,
                confidence,
                priority,
                decision,
                cut,
                Stage.MAIN,
                false,
                Signals.NONE,
                latencyNanos);
    }

    /** The same answer, given again. */
    public Classification again(long lookupNanos) {
        return new Classification(
                task,
                baseDigest,
                taskDigest,
                labels,
                probabilities,
                label,
                confidence,
                priority,
                decision,
                cut,
                stage,
                true,
                signals,
                lookupNanos);
    }
}
