package dev.picket.inference.exam;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.BadArtefactException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ExamRowTest {
    private static final List<String> LABELS = List.of("ham", "spam");

    @Test
    void rowsWrittenAndReadAreTheSame() throws Exception {
        List<ExamRow> rows = List.of(
                new ExamRow("a \"text\"\nin two lines", "ham", "spam", List.of(0.25, 0.75)),
                new ExamRow("ünïcode 😀", "spam", "spam", List.of(0.0, 1.0)));
        assertThat(ExamRow.parse(ExamRow.write(rows), LABELS, 2)).isEqualTo(rows);
        assertThatThrownBy(() -> ExamRow.parse(ExamRow.write(rows), LABELS, 1))
                .hasMessage("exam.jsonl has more than 1 rows.");
    }

    @Test
    void aLabelThatTheTaskDoesNotKnowIsRefusedWithItsLine() {
        String jsonl = "\n{\"text\":\"t\",\"label\":\"eggs\",\"desk\":{\"label\":\"ham\",\"probabilities\":[1,0]}}";
        assertThatThrownBy(() -> ExamRow.parse(jsonl.getBytes(UTF_8), LABELS, 10))
                .isInstanceOf(BadArtefactException.class)
                .hasMessage("exam.jsonl line 2: label is not one of the task's labels.");
    }

    @Property
    void anyTextIsReadOrRefusedInASentence(@ForAll String text) {
        try {
            assertThat(ExamRow.parse(text.getBytes(UTF_8), LABELS, 10)).isEmpty();
        } catch (BadArtefactException e) {
            assertThat(e).hasMessageStartingWith("exam.jsonl");
        }
    }
}
