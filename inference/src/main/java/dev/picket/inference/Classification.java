package dev.picket.inference;

import java.util.List;

/**
 * What a task answered to one text.
 *
 * @param task the name of the task that was asked
 * @param baseDigest SHA-256 of base.json, lower-case hex; of a first stage's answer its base's
 * @param taskDigest SHA-256 of task.json, lower-case hex; of a first stage's answer its task's
 * @param labels those of the task that answered, in its order
 * @param probabilities calibrated, one per label in the same order, summing to 1
 * @param label the most probable label
 * @param confidence its probability
 * @param priority its priority
 * @param decision accept or escalate
 * @param cut whether the text was longer than the task's maximum and lost its middle
 * @param stage which part of the Set answered
 * @param cached whether the same text had this answer before, and nothing was run
 * @param signals what the run said beside its answer
 * @param latencyNanos from the text to this answer, tokenizing included, waiting for a free run not; of a cached one what
 *     looking it up took
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
        return as(task, priority, decision, stage, true, lookupNanos);
    }

    /** The same answer, which took so long with what was asked before it. */
    public Classification within(long nanos) {
        return as(task, priority, decision, stage, cached, nanos);
    }

    /** A first stage's answer in the place of the task that was asked. */
    public Classification standsFor(String asked, Priority itsPriority, Decision itsDecision, long nanos) {
        return as(asked, itsPriority, itsDecision, Stage.FIRST, false, nanos);
    }

    private Classification as(
            String asked, Priority as, Decision decided, Stage answering, boolean remembered, long nanos) {
        return new Classification(
                asked,
                baseDigest,
                taskDigest,
                labels,
                probabilities,
                label,
                confidence,
                as,
                decided,
                cut,
                answering,
                remembered,
                signals,
                nanos);
    }
}
