package dev.picket.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.inference.engine.Lane;
import dev.picket.inference.exam.ExamRow;
import dev.picket.models.task.LabelledText;
import dev.picket.models.task.TaskDesk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The released Set: what its card claims, measured through the classifier of the gateway. */
class ReleasedSetTest {
    private static final long MAX_RELEASED_BYTES = 20L << 20;

    @TempDir
    Path folder;

    /** Each with its test rows, whose sources begin so, and what its card claims, less what a few rows move. */
    @ParameterizedTest
    @CsvSource({
        "fraud, smishing_3class, '', 0.75",
        "severity, log_severity, code/, 0.74",
        "work-order, mwo_failure_mode, '', 0.88"
    })
    void eachTaskReachesItsMacroF1OnTheTestRows(String task, String set, String source, double macroF1)
            throws Exception {
        Optional<Path> data = Released.data();
        assumeTrue(
                data.isPresent(),
                "No labelled texts: name their folder in the property picket.data or the variable PICKET_DATA.");
        List<String> lines = Files.readAllLines(data.orElseThrow().resolve(set + ".test.jsonl")).stream()
                .filter(line -> line.contains("\"source\": \"" + source))
                .toList();
        Path file = Files.write(folder.resolve("test.jsonl"), lines);
        try (TaskDesk desk = TaskDesk.open(Released.BASE, Released.task(task))) {
            List<LabelledText> rows = LabelledText.read(file, desk.manifest().labelNames(), 100_000);
            TaskDesk.Evaluation done = desk.evaluate(rows, () -> {});
            assertThat(done.metrics().macroF1(1)).isGreaterThanOrEqualTo(macroF1);
            assertThat((double) done.accepted() / rows.size()).isGreaterThan(0.7);
        }
    }

    /** What the exam's rows were answered when the task was made is answered here, so each passes its own exam. */
    @ParameterizedTest
    @ValueSource(strings = {"fraud", "severity", "work-order"})
    void eachAnswersItsExamAsItsDeskDid(String name) throws Exception {
        TaskFolder task = TaskFolder.read(Released.task(name));
        List<ExamRow> exam = ExamRow.parse(
                task.file(TaskManifest.EXAM).orElseThrow(), task.manifest().labelNames(), 2000);
        Map<String, Long> rows = exam.stream().collect(Collectors.groupingBy(ExamRow::label, Collectors.counting()));
        assertThat(rows).containsOnlyKeys(task.manifest().labelNames());
        assertThat(rows.values()).allMatch(n -> n <= 40);
        int agreed = 0;
        try (Classifier classifier =
                Classifier.open(BaseFolder.read(Released.BASE), List.of(task), EngineOptions.forCores(2))) {
            for (ExamRow row : exam) {
                String label = classifier.classify(name, row.text(), Lane.TRIAL).label();
                agreed += label.equals(row.deskLabel()) ? 1 : 0;
            }
        }
        // Other processors round otherwise.
        assertThat((double) agreed / exam.size()).isGreaterThanOrEqualTo(0.99);
    }

    @Test
    void whatIsReleasedIsSmall() throws IOException {
        try (Stream<Path> files = Files.walk(Released.BASE.getParent())) {
            long bytes = files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
            assertThat(bytes).isLessThan(MAX_RELEASED_BYTES);
        }
    }
}
