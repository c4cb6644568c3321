package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.inference.Classification;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The real model through the real path. */
@EnabledIf("dev.picket.inference.engine.Released#isThere")
class ReleasedSetTest {
    private static final EngineOptions OPTIONS = EngineOptions.forCores(2);

    private static List<ExamRow> exam(TaskFolder task) throws Exception {
        return ExamRow.parse(
                Objects.requireNonNull(task.files().get(TaskManifest.EXAM)),
                task.manifest().labelNames(),
                2000);
    }

    @Test
    void theExamAgreesWithTheDesk() throws Exception {
        TaskFolder task = Released.task();
        List<ExamRow> rows = exam(task);
        int agree = 0;
        double difference = 0;
        try (Classifier classifier = Classifier.open(Released.base(), List.of(task), OPTIONS)) {
            for (ExamRow row : rows) {
                Classification answer = classifier.classify(Released.TASK, row.text());
                agree += answer.label().equals(row.deskLabel()) ? 1 : 0;
                for (int i = 0; i < answer.probabilities().size(); i++) {
                    difference += Math.abs(answer.probabilities().get(i)
                            - row.deskProbabilities().get(i));
                }
            }
        }
        TaskManifest.ExamGates gates = task.manifest().exam();
        assertThat((double) agree / rows.size()).isGreaterThanOrEqualTo(gates.minAgreement());
        assertThat(difference / rows.size() / task.manifest().labels().size())
                .isLessThanOrEqualTo(gates.maxMeanDifference());
    }

    @Test
    void theCachedPrefixAndTextsSideBySideChangeNoLabel() throws Exception {
        TaskFolder task = Released.task();
        List<ExamRow> rows = exam(task);
        EngineOptions noCache = new EngineOptions(1, 1, 0, 256);
        try (Classifier cached = Classifier.open(Released.base(), List.of(task), OPTIONS);
                Classifier alone = Classifier.open(Released.base(), List.of(task), noCache);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<float[]>> scores = new ArrayList<>();
            for (ExamRow row : rows) {
                scores.add(threads.submit(() -> cached.scores(Released.TASK, row.text())));
            }
            for (int i = 0; i < rows.size(); i++) {
                assertThat(scores.get(i).get(60, TimeUnit.SECONDS))
                        .isEqualTo(alone.scores(Released.TASK, rows.get(i).text()));
            }
        }
    }
}
