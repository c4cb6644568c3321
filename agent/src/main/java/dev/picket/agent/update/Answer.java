package dev.picket.agent.update;

import dev.picket.inference.Classification;
import java.util.List;

/** What an exam looks at in a {@link Classification}. */
record Answer(String label, List<Float> probabilities, long latencyNanos) {
    Answer {
        probabilities = List.copyOf(probabilities);
    }

    static Answer of(Classification answer) {
        return new Answer(answer.label(), answer.probabilities(), answer.latencyNanos());
    }
}
