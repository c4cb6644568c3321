package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.journal.Verdicts;
import dev.picket.agent.sqlite.SetAside;
import dev.picket.inference.Priority;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that breaks, or goes, under the whole agent: it goes on by itself, and says what happened. */
class DamagedWhileRunningTest {
    private static final int ROWS = 3_000;
    private static final int PAGE = 4096;

    @TempDir
    Path folder;

    @Test
    void theAgentStartsAgainInItsProcessWithWhatCanBeReadOfATornJournal() throws Exception {
        try (LoopedAgent agents = LoopedAgent.start(folder)) {
            fill(agents.next().agent().journal());
        }
        try (LoopedAgent agents = LoopedAgent.start(folder)) {
            Journal journal = agents.next().agent().journal();
            tear();
            assertThatThrownBy(() -> journal.held(Priority.ROUTINE, 1, ROWS, ROWS))
                    .isInstanceOf(JournalUnavailableException.class);
            Agent next = agents.next().agent();
            assertThat(next.journal().epoch()).isNotEqualTo(journal.epoch());
            assertThat(next.journal().latest(ROWS)).hasSizeBetween(ROWS - 200, ROWS - 1);
            assertThat(next.journal().position("line2")).contains("end");
            assertThat(next.status().report().more().troubles())
                    .anySatisfy(trouble -> assertThat(trouble).contains("unsent ones are lost"))
                    .anySatisfy(trouble -> assertThat(trouble).contains("journal.db.damaged-"));
        }
        assertThat(SetAside.kept(file())).hasSize(1);
    }

    @Test
    void aJournalThatIsDeletedUnderTheAgentComesBackWithItsEpochAndItsRows() throws Exception {
        try (LoopedAgent agents = LoopedAgent.start(folder)) {
            Journal journal = agents.next().agent().journal();
            fill(journal);
            Files.delete(file());
            assertThatThrownBy(() -> journal.append(List.of(Verdicts.routine("x")), Map.of()))
                    .isInstanceOf(JournalUnavailableException.class);
            Journal next = agents.next().agent().journal();
            assertThat(next.epoch()).isEqualTo(journal.epoch());
            assertThat(next.latest(2 * ROWS)).hasSize(ROWS);
        }
    }

    private static void fill(Journal journal) throws JournalUnavailableException {
        List<Verdict> rows =
                IntStream.range(0, ROWS).mapToObj(i -> Verdicts.routine("" + i)).toList();
        journal.append(rows, Map.of("line2", "end"));
    }

    private void tear() throws Exception {
        int at = new String(Files.readAllBytes(file()), StandardCharsets.ISO_8859_1).indexOf("text of 2000");
        try (RandomAccessFile raw = new RandomAccessFile(file().toFile(), "rw")) {
            raw.seek((long) at / PAGE * PAGE);
            raw.write(new byte[PAGE]);
        }
    }

    private Path file() {
        return folder.resolve("data/journal.db");
    }
}
