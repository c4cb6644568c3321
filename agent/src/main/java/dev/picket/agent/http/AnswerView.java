package dev.picket.agent.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.picket.inference.Classification;
import dev.picket.inference.Decision;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one text that somebody asked about; the same keys as a line of {@code picket classify --json}.
 *
 * @param error why there is none; absent where there is one
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
@JsonPropertyOrder({
    "label",
    "confidence",
    "decision",
    "probabilities",
    "base",
    "task",
    "stage",
    "cached",
    "cut",
    "error"
})
record AnswerView(
        @Nullable String label,
        float confidence,
        String decision,
        Map<String, Float> probabilities,
        @Nullable String base,
        @Nullable String task,
        @Nullable String stage,
        boolean cached,
        boolean cut,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String error) {
    static AnswerView of(Classification answer) {
        Map<String, Float> probabilities = new LinkedHashMap<>();
        for (int i = 0; i < answer.labels().size(); i++) {
            probabilities.put(answer.labels().get(i), answer.probabilities().get(i));
        }
        return new AnswerView(
                answer.label(),
                answer.confidence(),
                answer.decision().wireName(),
                probabilities,
                answer.baseDigest(),
                answer.taskDigest(),
                answer.stage().wireName(),
                answer.cached(),
                answer.cut(),
                null);
    }

    static AnswerView failed(String reason, String sentence) {
        return new AnswerView(
                null, 0, new Decision.Failed(reason).wireName(), Map.of(), null, null, null, false, false, sentence);
    }
}
