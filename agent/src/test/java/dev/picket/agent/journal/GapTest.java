package dev.picket.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.inference.Priority;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every seq is sent, pending, or explained by a gap. */
class GapTest {
    @TempDir
    Path folder;

    private final FakeUptime machine = new FakeUptime();

    @BeforeEach
    void tenRows() throws Exception {
        try (Journal journal = open()) {
            journal.append(
                    IntStream.rangeClosed(1, 10)
                            .mapToObj(i -> Verdicts.routine("" + i))
                            .toList(),
                    Map.of());
        }
    }

    @Test
    void droppedRowsAreNeitherPendingNorHeldAndAreCounted() throws Exception {
        try (Journal journal = open()) {
            journal.drop(Priority.ROUTINE, 4, 6, "too-large");
            assertThat(journal.pending(10, Map.of()))
                    .extracting(PendingVerdict::seq)
                    .containsExactly(1L, 2L, 3L, 7L, 8L, 9L, 10L);
            assertThat(journal.held(Priority.ROUTINE, 3, 7, 10))
                    .extracting(PendingVerdict::seq)
                    .containsExactly(3L, 7L);
            assertThat(journal.find(Priority.ROUTINE, 5)).isEmpty();
            assertThat(journal.depth().dropsByReason()).containsExactly(Map.entry("too-large", 3L));
            assertThat(journal.depth().total()).isEqualTo(7);
        }
    }

    @Test
    void theMarkPassesAGapOnceAllBeforeItIsAcknowledged() throws Exception {
        try (Journal journal = open()) {
            journal.drop(Priority.ROUTINE, 4, 6, "too-large");
            journal.markSent(Map.of(Priority.ROUTINE, 2L));
            assertThat(journal.depth().ackedThrough()).containsEntry(Priority.ROUTINE, 2L);
            journal.markSent(Map.of(Priority.ROUTINE, 3L));
            assertThat(journal.depth().ackedThrough()).containsEntry(Priority.ROUTINE, 6L);
            journal.drop(Priority.ROUTINE, 7, 10, "too-large");
            assertThat(journal.depth().ackedThrough()).containsEntry(Priority.ROUTINE, 10L);
            assertThat(journal.depth().total()).isZero();
        }
    }

    @Test
    void aRowThatWasSentIsNoGap() throws Exception {
        try (Journal journal = open()) {
            journal.markSent(Map.of(Priority.ROUTINE, 5L));
            journal.drop(Priority.ROUTINE, 4, 6, "too-large");
            assertThat(journal.gaps(10)).extracting(Gap::from, Gap::to).containsExactly(tuple(6L, 6L));
            assertThat(journal.find(Priority.ROUTINE, 4)).isPresent();
            journal.drop(Priority.ROUTINE, 1, 6, "too-large");
            journal.drop(Priority.ROUTINE, 11, 12, "too-large");
            assertThat(journal.gaps(10)).hasSize(1);
        }
    }

    @Test
    void gapsOfOneReasonThatTouchAreOne() throws Exception {
        try (Journal journal = open()) {
            journal.drop(Priority.ROUTINE, 2, 3, "too-large");
            journal.drop(Priority.ROUTINE, 6, 7, "too-large");
            journal.drop(Priority.ROUTINE, 4, 4, "expired");
            assertThat(journal.gaps(10)).hasSize(3);
            journal.drop(Priority.ROUTINE, 5, 5, "too-large");
            assertThat(journal.gaps(10))
                    .extracting(Gap::from, Gap::to, Gap::reason)
                    .containsExactly(tuple(2L, 3L, "too-large"), tuple(4L, 4L, "expired"), tuple(5L, 7L, "too-large"));
        }
    }

    @Test
    void aGapIsToldOnceAndSurvivesUntilThen() throws Exception {
        try (Journal journal = open()) {
            journal.drop(Priority.ROUTINE, 2, 3, "too-large");
        }
        try (Journal journal = open()) {
            List<Gap> gaps = journal.gaps(10);
            assertThat(gaps).extracting(Gap::id).containsExactly(journal.epoch() + "-routine-2..3");
            journal.markTold(gaps);
            assertThat(journal.gaps(10)).isEmpty();
            assertThat(journal.depth().dropsByReason()).containsEntry("too-large", 2L);
        }
    }

    @Test
    void aGapThatGrewWhileItWasOnItsWayIsToldAgainUnderAnotherId() throws Exception {
        try (Journal journal = open()) {
            journal.drop(Priority.ROUTINE, 2, 3, "too-large");
            List<Gap> onItsWay = journal.gaps(10);
            journal.drop(Priority.ROUTINE, 4, 4, "too-large");
            journal.markTold(onItsWay);
            assertThat(journal.gaps(10))
                    .extracting(Gap::id)
                    .containsExactly(journal.epoch() + "-routine-2..4")
                    .doesNotContain(onItsWay.getFirst().id());
        }
    }

    private Journal open() throws Exception {
        return Journal.open(
                folder.resolve("journal.db"), ConfigLoader.defaults(JournalConfig.class), machine.clock(), machine);
    }
}
