package dev.picket.models.head;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.BadArtefactException;
import dev.picket.models.task.LabelledText;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingRoomTest {
    private static final List<LabelledText> ROWS =
            Collections.nCopies(10_000, new LabelledText("ten signs.".repeat(100), 0));
    private static final long GIBI = 1L << 30;

    @Test
    void statesNgramsAndTheFitAreCountedTogether() {
        assertThatCode(() -> new TrainingRoom(GIBI).require(ROWS, 256, 3, 20_000))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> new TrainingRoom(GIBI / 2).require(ROWS, 256, 256, 20_000))
                .isInstanceOf(BadArtefactException.class)
                .hasMessage("Training this head takes 1467 MiB (10 for the hidden states of 10000 rows, 191 for their"
                        + " n-grams, 1267 to fit 256 labels), more than half of the 512 MiB of heap here: give fewer"
                        + " rows or a lower --ngrams.");
    }

    @Test
    void withoutNgramsTheLengthOfTextsDoesNotCount() {
        assertThatCode(() -> new TrainingRoom(GIBI / 16).require(ROWS, 256, 3, 0))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> new TrainingRoom(GIBI / 16).require(ROWS, 256, 3, 1))
                .hasMessageContaining("191 for their n-grams");
    }
}
