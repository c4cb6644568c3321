package dev.picket.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import dev.picket.inference.Stage;
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

    @Test
    void rowsOfSchemaThreeWereAnsweredByTheBaseAndNewRowsSayHow() throws Exception {
        Files.delete(file());
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                var statement = connection.createStatement()) {
            for (String script : List.of("001-verdicts", "002-lines", "003-inbox")) {
                try (InputStream in = MigrationTest.class.getResourceAsStream("/db/journal/" + script + ".sql")) {
                    statement.executeUpdate(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
            statement.executeUpdate("INSERT INTO meta (key, value) VALUES ('epoch', '" + EPOCH + "')");
            statement.executeUpdate("INSERT INTO model VALUES (1, 'b1', 't1', '[\"ham\",\"spam\"]')");
            statement.executeUpdate("INSERT INTO origin VALUES (1, 'line1', 'fraud', 1)");
            statement.executeUpdate("INSERT INTO answer VALUES (1, 'spam', 'ACCEPT', 0)");
            statement.executeUpdate("INSERT INTO verdict VALUES (" + (3L << 56 | 1)
                    + ", 80, 0, 1, 1, '1:0', 1, 1, 1, 0.75, x'3e8000003f400000', 'one')");
            statement.executeUpdate("UPDATE line SET last = 1, unsent = 1, bytes = 80 WHERE rank = 3");
            statement.executeUpdate("PRAGMA user_version = 3");
        }
        Verdict cached = Verdicts.cachedFirst("1:9", Priority.ROUTINE);
        try (Journal journal = open()) {
            Verdict old = journal.find(Priority.ROUTINE, 1).orElseThrow().verdict();
            assertThat(old.stage()).isEqualTo(Stage.MAIN);
            assertThat(old.cached()).isFalse();
            assertThat(old.label()).isEqualTo("spam");
            journal.append(List.of(cached, Verdicts.routine("1:10")), Map.of("line1", "p9"));
        }
        try (Journal journal = open()) {
            assertThat(journal.find(Priority.ROUTINE, 2).orElseThrow().verdict())
                    .isEqualTo(cached);
            assertThat(journal.find(Priority.ROUTINE, 3).orElseThrow().verdict())
                    .isEqualTo(Verdicts.routine("1:10"));
        }
    }

    private Journal open() throws Exception {
        return Journal.open(file(), ConfigLoader.defaults(JournalConfig.class), Clock.systemUTC());
    }

    private Path file() {
        return folder.resolve("journal.db");
    }
}
