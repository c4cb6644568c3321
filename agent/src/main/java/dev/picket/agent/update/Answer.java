package dev.picket.agent.update;

import dev.picket.inference.Classification;
import dev.picket.inference.exam.ExamRow;
import java.util.List;

/** What an exam looks at in a {@link Classification}. */
record Answer(String label, List<Float> probabilities, long latencyNanos) {
    Answer {
        probabilities = List.copyOf(probabilities);
    }

    static Answer of(Classification answer) {
        return new Answer(answer.label(), answer.probabilities(), answer.latencyNanos());
    }

    /** What the desk answered, as if it had taken no time. */
    static Answer ofDesk(ExamRow row) {
        return new Answer(
                row.deskLabel(),
                row.deskProbabilities().stream().map(Double::floatValue).toList(),
                0);
    }
}
