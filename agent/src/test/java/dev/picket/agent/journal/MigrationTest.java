package dev.picket.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal of each schema that was ever released opens, with all that was in it. */
class MigrationTest {
    private static final String EPOCH = "0a1b2c3d4e5f";

    @TempDir
    Path folder;

    @BeforeEach
    void makeOne() throws Exception {
        try (InputStream in = MigrationTest.class.getResourceAsStream("/journal/schema-001.sql");
                var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                var statement = connection.createStatement()) {
            statement.executeUpdate("PRAGMA auto_vacuum = INCREMENTAL");
            statement.executeUpdate(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
        // It was in use when its agent was killed, so its log lies beside it.
        Files.createFile(folder.resolve("journal.db-wal"));
    }

    @Test
    void schemaOneKeepsEpochIdsTextsAndWhatIsUnsent() throws Exception {
        try (Journal journal = open()) {
            assertThat(journal.epoch()).isEqualTo(EPOCH);
            assertThat(journal.stoppedCleanly()).isFalse();
            assertThat(journal.position("line1")).contains("p5");
            assertThat(journal.attempt("line1")).contains(new Attempt("1:90", 2));
            assertThat(journal.pending(10, Map.of()))
                    .extracting(row -> row.id() + " " + row.verdict().readingId() + " "
                            + row.verdict().text())
                    .containsExactly(
                            EPOCH + "-escalation-1 1:30 grüße 日本",
                            EPOCH + "-escalation-2 1:50 six",
                            EPOCH + "-routine-3 1:20 three",
                            EPOCH + "-routine-4 1:40 five",
                            EPOCH + "-routine-5 1:70 null");
            assertThat(journal.latest(10)).hasSize(7);
            Depth depth = journal.depth();
            assertThat(depth.unsent()).containsEntry(Priority.ROUTINE, 3L).containsEntry(Priority.ESCALATION, 2L);
            assertThat(depth.ackedThrough()).containsEntry(Priority.ROUTINE, 2L).containsEntry(Priority.ALARM, 0L);
            assertThat(depth.dropsByReason()).containsExactly(Map.entry("empty", 1L));
        }
    }

    @Test
    void eachColumnOfSchemaOneComesThrough() throws Exception {
        try (Journal journal = open()) {
            PendingVerdict failed = journal.find(Priority.ESCALATION, 2).orElseThrow();
            assertThat(failed.writtenAt()).isEqualTo(Instant.ofEpochMilli(1_763_700_000_006L));
            assertThat(failed.verdict())
                    .isEqualTo(new Verdict(
                            "line1",
                            "1:50",
                            Instant.ofEpochSecond(1_763_700_000L, 6_000_007),
                            "six",
                            true,
                            "fraud",
                            null,
                            null,
                            List.of(),
                            List.of(),
                            null,
                            0f,
                            Priority.ESCALATION,
                            new Decision.Failed("crash"),
                            6_000L));
            Verdict judged = journal.find(Priority.ROUTINE, 3).orElseThrow().verdict();
            assertThat(judged.labels()).containsExactly("ham", "spam");
            assertThat(judged.probabilities()).containsExactly(0.25f, 0.75f);
            assertThat(judged.label()).isEqualTo("ham");
            assertThat(judged.confidence()).isEqualTo(0.25f);
            assertThat(judged.baseDigest()).isEqualTo("b1");
            assertThat(judged.taskDigest()).isEqualTo("t1");
        }
    }

    @Test
    void whatSchemaOneCommittedAheadOfAPositionIsNotJudgedTwice() throws Exception {
        Verdict again = Verdicts.of("line1", "1:70", "fraud", Priority.ROUTINE);
        Drop dropped = new Drop("line1", "1:60", "fraud", "empty");
        Verdict fresh = Verdicts.of("line1", "1:80", "fraud", Priority.ROUTINE);
        try (Journal journal = open()) {
            journal.append(List.of(dropped, again, fresh), Map.of("line1", "p8"));
            assertThat(journal.pending(10, Map.of(Priority.ROUTINE, 5L)))
                    .filteredOn(row -> row.priority() == Priority.ROUTINE)
                    .extracting(PendingVerdict::id)
                    .containsExactly(EPOCH + "-routine-6");
            assertThat(journal.depth().dropsByReason()).containsExactly(Map.entry("empty", 1L));
        }
    }

    @Test
    void aDamagedOneOfSchemaOneIsSalvagedAndBroughtToTheNewest() throws Exception {
        int page = new String(Files.readAllBytes(file()), StandardCharsets.ISO_8859_1).indexOf("1:90") / 4096;
        try (RandomAccessFile raw = new RandomAccessFile(file().toFile(), "rw")) {
            raw.seek(4096L * page);
            raw.write(new byte[4096]);
        }
        Files.delete(folder.resolve("journal.db-wal"));
        try (Journal journal = open()) {
            assertThat(journal.epoch()).isNotEqualTo(EPOCH);
            assertThat(journal.attempt("line1")).isEmpty();
            assertThat(journal.position("line1")).contains("p5");
            assertThat(journal.latest(10)).hasSize(7);
            assertThat(journal.gaps(10)).extracting(Gap::epoch).contains(EPOCH);
        }
    }

    private Journal open() throws Exception {
        return Journal.open(file(), ConfigLoader.defaults(JournalConfig.class), Clock.systemUTC());
    }

    private Path file() {
        return folder.resolve("journal.db");
    }
}
