package dev.picket.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.picket.inference.codec.TaskFolder;
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

/** The released Set: what its card claims, measured through the classifier of the gateway. */
class ReleasedSetTest {
    private static final long MAX_RELEASED_BYTES = 20L << 20;

    @Test
    void theFraudTaskReachesItsMacroF1OnTheTestRows() throws Exception {
        Optional<Path> data = Released.data();
        assumeTrue(
                data.isPresent(),
                "No labelled texts: name their folder in the property picket.data or the variable PICKET_DATA.");
        try (TaskDesk desk = TaskDesk.open(Released.BASE, Released.FRAUD)) {
            List<LabelledText> rows = LabelledText.read(
                    data.orElseThrow().resolve("smishing_3class.test.jsonl"),
                    desk.manifest().labelNames(),
                    100_000);
            TaskDesk.Evaluation done = desk.evaluate(rows, () -> {});
            assertThat(done.metrics().macroF1(1)).isGreaterThanOrEqualTo(0.75);
            assertThat(done.accepted()).isPositive();
        }
    }

    @Test
    void theExamHasRowsOfEveryLabelAndItsDeskReachesTheClaim() throws Exception {
        TaskFolder task = TaskFolder.read(Released.FRAUD);
        List<ExamRow> exam = ExamRow.parse(
                task.file("exam.jsonl").orElseThrow(), task.manifest().labelNames(), 2000);
        Map<String, Long> rows = exam.stream().collect(Collectors.groupingBy(ExamRow::label, Collectors.counting()));
        assertThat(rows).containsOnlyKeys(task.manifest().labelNames());
        assertThat(rows.values()).allMatch(n -> n >= 20 && n <= 40);
        double agreed =
                exam.stream().filter(row -> row.label().equals(row.deskLabel())).count();
        assertThat(agreed / exam.size()).isGreaterThan(0.75);
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
