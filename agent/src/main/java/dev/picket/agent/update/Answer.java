package dev.picket.agent.update;

import dev.picket.inference.Classification;
import dev.picket.inference.Stage;
import dev.picket.inference.exam.ExamRow;
import java.util.List;

/** What an exam looks at in a {@link Classification}. */
record Answer(String label, List<Float> probabilities, long latencyNanos, Stage stage) {
    Answer {
        probabilities = List.copyOf(probabilities);
    }

    /** One of the base. */
    Answer(String label, List<Float> probabilities, long latencyNanos) {
        this(label, probabilities, latencyNanos, Stage.MAIN);
    }

    static Answer of(Classification answer) {
        return new Answer(answer.label(), answer.probabilities(), answer.latencyNanos(), answer.stage());
    }

    /** What the desk answered, as if it had taken no time. */
    static Answer ofDesk(ExamRow row) {
        return new Answer(
                row.deskLabel(),
                row.deskProbabilities().stream().map(Double::floatValue).toList(),
                0);
    }
}
