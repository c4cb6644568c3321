package dev.picket.inference.drift;

import dev.picket.inference.Signals;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of one answer until it is counted: no text.
 *
 * @param source of the text
 * @param text its hash, see {@link TextHash}
 * @param label its place among the task's labels
 */
public record Observation(
        String task, String taskDigest, String source, long text, int label, double confidence, Signals signals) {
    @Nullable
    Double value(Signal signal) {
        return switch (signal) {
            case CONFIDENCE -> confidence;
            case DISTANCE -> signals.distance();
            case TOKENS_PER_CHARACTER -> signals.tokensPerCharacter();
            case LABEL_MASS -> signals.labelMass();
        };
    }
}
