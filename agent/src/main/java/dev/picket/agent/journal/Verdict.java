package dev.picket.agent.journal;

import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import dev.picket.inference.Stage;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A classification with its reading, as the journal keeps it: one row, one event to the fleet.
 *
 * @param at when the text was read
 * @param text the text as it was judged; null once erased, or where the source keeps none
 * @param cut whether source or task shortened the text
 * @param labels the task's labels in its order; empty for a failed one
 * @param probabilities calibrated, per label; empty for a failed one
 * @param label null for a failed one
 * @param baseDigest null for one that failed before it was judged, as the others below
 * @param stage which part of the Set answered
 * @param cached whether the same text had this answer before, and nothing was run
 */
public record Verdict(
        String source,
        String readingId,
        Instant at,
        @Nullable String text,
        boolean cut,
        String task,
        @Nullable String baseDigest,
        @Nullable String taskDigest,
        List<String> labels,
        List<Float> probabilities,
        @Nullable String label,
        float confidence,
        Priority priority,
        Decision decision,
        Stage stage,
        boolean cached,
        long latencyNanos)
        implements Outcome {
    public Verdict {
        labels = List.copyOf(labels);
        probabilities = List.copyOf(probabilities);
    }

    /** One that a run of the base answered, or that failed. */
    public Verdict(
            String source,
            String readingId,
            Instant at,
            @Nullable String text,
            boolean cut,
            String task,
            @Nullable String baseDigest,
            @Nullable String taskDigest,
            List<String> labels,
            List<Float> probabilities,
            @Nullable String label,
            float confidence,
            Priority priority,
            Decision decision,
            long latencyNanos) {
        this(
                source,
                readingId,
                at,
                text,
                cut,
                task,
                baseDigest,
                taskDigest,
                labels,
                probabilities,
                label,
                confidence,
                priority,
                decision,
                Stage.MAIN,
                false,
                latencyNanos);
    }
}
