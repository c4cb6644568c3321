package dev.picket.models.evaluation;

import dev.picket.inference.Classification;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import dev.picket.models.task.LabelledText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Answers that no model gave. */
final class MadeAnswers {
    private final List<String> labels;
    private final List<LabelledText> rows = new ArrayList<>();
    private final List<Classification> given = new ArrayList<>();

    MadeAnswers(String... labels) {
        this.labels = List.of(labels);
    }

    MadeAnswers add(int truth, int guess, double confidence, boolean accepted) {
        List<Float> probabilities = new ArrayList<>(Collections.nCopies(
                labels.size(), (float) ((1 - confidence) / Math.max(1, labels.size() - 1))));
        probabilities.set(guess, (float) confidence);
        rows.add(new LabelledText("text " + rows.size(), truth, rows.size() + 1, ""));
        given.add(new Classification(
                "made",
                "",
                "",
                labels,
                probabilities,
                labels.get(guess),
                (float) confidence,
                Priority.ROUTINE,
                accepted ? new Decision.Accept() : new Decision.Escalate(),
                false,
                1_000_000L * rows.size()));
        return this;
    }

    /** Rows whose answers are right that often; the confidence says nothing. */
    static Answers random(long seed, int rows, double right, String... labels) {
        Random random = new Random(seed);
        MadeAnswers made = new MadeAnswers(labels);
        for (int i = 0; i < rows; i++) {
            int truth = random.nextInt(labels.length);
            int other = (truth + 1 + random.nextInt(labels.length - 1)) % labels.length;
            int guess = random.nextDouble() < right ? truth : other;
            double confidence = (50 + random.nextInt(50)) / 100.0;
            made.add(truth, guess, confidence, confidence > 0.8);
        }
        return made.answers();
    }

    Answers answers() {
        return Answers.of(labels, rows, given);
    }
}
