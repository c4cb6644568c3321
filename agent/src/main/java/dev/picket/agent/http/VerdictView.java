package dev.picket.agent.http;

import dev.picket.agent.journal.Verdict;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A verdict as the page shows it. */
record VerdictView(
        Instant at,
        String source,
        String readingId,
        String task,
        @Nullable String label,
        double confidence,
        Map<String, Float> probabilities,
        String priority,
        String decision,
        @Nullable String text,
        boolean cut,
        String stage,
        boolean cached,
        double latencyMillis) {
    static VerdictView of(Verdict verdict, boolean withText) {
        Map<String, Float> probabilities = new LinkedHashMap<>();
        for (int i = 0; i < verdict.labels().size(); i++) {
            probabilities.put(verdict.labels().get(i), verdict.probabilities().get(i));
        }
        return new VerdictView(
                verdict.at(),
                verdict.source(),
                verdict.readingId(),
                verdict.task(),
                verdict.label(),
                verdict.confidence(),
                probabilities,
                verdict.priority().wireName(),
                verdict.decision().wireName(),
                withText ? verdict.text() : null,
                verdict.cut(),
                verdict.stage().wireName(),
                verdict.cached(),
                verdict.latencyNanos() / 1e6);
    }
}
