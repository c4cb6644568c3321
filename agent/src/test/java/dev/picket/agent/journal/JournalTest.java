package dev.picket.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.config.RetentionConfig;
import dev.picket.inference.Priority;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final JournalConfig CONFIG =
            ConfigLoader.defaults(JournalConfig.class).withMaxBytes(64 << 20);

    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path folder;

    private final FakeUptime machine = new FakeUptime();

    @Test
    void aVerdictComesBackAsItWasAppended() throws Exception {
        Verdict judged = Verdicts.of("line1", "1:0", "fraud", Priority.ALARM);
        Verdict failed = Verdicts.failed("1:20", null);
        try (Journal journal = open()) {
            journal.append(List.of(judged, failed), Map.of("line1", "p1"));
        }
        try (Journal journal = open()) {
            assertThat(journal.pending(10, Map.of()))
                    .extracting(PendingVerdict::verdict)
                    .containsExactly(failed, judged);
            assertThat(journal.latest(1).getFirst().id()).isEqualTo(journal.epoch() + "-escalation-1");
            assertThat(journal.latest(1).getFirst().writtenAt()).isEqualTo(NOW);
            assertThat(journal.position("line1")).contains("p1");
            assertThat(journal.position("other")).isEmpty();
        }
    }

    @Test
    void anOutcomeThatLayAheadIsHereAlreadyWhenItsReadingIsReadAgain() throws Exception {
        Verdict ahead = Verdicts.routine("2");
        try (Journal journal = open()) {
            journal.append(new Batch(List.of(), List.of(ahead), List.of(), Map.of(), Map.of()));
        }
        try (Journal journal = open()) {
            journal.append(List.of(Verdicts.routine("1"), ahead, Verdicts.routine("3")), Map.of("line1", "p3"));
            assertThat(journal.pending(10, Map.of()))
                    .extracting(row -> row.seq() + "=" + row.verdict().readingId())
                    .containsExactly("1=2", "2=1", "3=3");
            assertThat(journal.depth().total()).isEqualTo(3);
        }
        assertThat(count("SELECT count(*) FROM ahead")).isZero();
    }

    @Test
    void anOutcomeThatIsAheadAgainAfterACrashStaysOne() throws Exception {
        Batch ahead = new Batch(List.of(), List.of(Verdicts.routine("2")), List.of(), Map.of(), Map.of());
        Batch.Place two = new Batch.Place("line1", "2");
        try (Journal journal = open()) {
            journal.append(ahead);
            journal.append(ahead);
            assertThat(journal.depth().total()).isEqualTo(1);
            journal.append(new Batch(
                    List.of(Verdicts.routine("1")), List.of(), List.of(two), Map.of("line1", "p2"), Map.of()));
            assertThat(journal.depth().total()).isEqualTo(2);
        }
        assertThat(count("SELECT count(*) FROM ahead")).isZero();
    }

    @Test
    void aRepeatedBatchChangesNothing() throws Exception {
        Batch batch = new Batch(
                List.of(Verdicts.routine("1"), new Drop("line1", "2", "fraud", "empty")),
                List.of(Verdicts.routine("4")),
                List.of(),
                Map.of("line1", "p2"),
                Map.of());
        try (Journal journal = open()) {
            journal.append(batch);
            journal.append(batch);
            assertThat(journal.depth().total()).isEqualTo(2);
            assertThat(journal.depth().dropsByReason()).containsExactly(Map.entry("empty", 1L));
        }
    }

    @Test
    void escalationsAreSentFirstThenByPriorityAndSeq() throws Exception {
        try (Journal journal = open()) {
            List<Verdict> verdicts = new ArrayList<>();
            for (Priority priority : List.of(Priority.ROUTINE, Priority.ALARM, Priority.NOTICE, Priority.ESCALATION)) {
                verdicts.add(Verdicts.of("s", priority + "1", "t", priority));
                verdicts.add(Verdicts.of("s", priority + "2", "t", priority));
            }
            journal.append(verdicts, Map.of());
            assertThat(journal.pending(100, Map.of(Priority.ALARM, 1L)))
                    .extracting(row -> row.verdict().readingId())
                    .containsExactly(
                            "ESCALATION1", "ESCALATION2", "ALARM2", "NOTICE1", "NOTICE2", "ROUTINE1", "ROUTINE2");
            assertThat(journal.pending(3, Map.of())).hasSize(3);
        }
    }

    @Test
    void theMarkPassesRowsAndNeverGoesBack() throws Exception {
        try (Journal journal = open()) {
            journal.append(List.of(Verdicts.routine("1"), Verdicts.routine("2"), Verdicts.routine("3")), Map.of());
            journal.markSent(Map.of(Priority.ROUTINE, 2L));
            journal.markSent(Map.of(Priority.ROUTINE, 1L));
            assertThat(journal.depth().ackedThrough()).containsEntry(Priority.ROUTINE, 2L);
            assertThat(journal.pending(3, Map.of()))
                    .extracting(PendingVerdict::seq)
                    .containsExactly(3L);
            journal.markSent(Map.of(Priority.ROUTINE, 9L));
            assertThat(journal.depth().ackedThrough()).containsEntry(Priority.ROUTINE, 3L);
            assertThat(journal.depth().unsent())
                    .containsEntry(Priority.ROUTINE, 0L)
                    .containsEntry(Priority.ALARM, 0L);
            assertThat(journal.pending(3, Map.of())).isEmpty();
        }
    }

    @Test
    void aDropIsCountedOnceThoughItLayAheadAndIsReadAgain() throws Exception {
        Drop drop = new Drop("line1", "1:7", "fraud", "empty");
        try (Journal journal = open()) {
            journal.append(new Batch(List.of(), List.of(drop), List.of(), Map.of(), Map.of()));
            journal.append(List.of(drop, new Drop("line1", "1:8", "fraud", "empty")), Map.of("line1", "p"));
            assertThat(journal.depth().dropsByReason()).containsExactly(Map.entry("empty", 2L));
        }
    }

    @Test
    void anAppendWakesTheListenerOnlyWhenItBroughtRows() throws Exception {
        AtomicInteger woken = new AtomicInteger();
        try (Journal journal = open()) {
            journal.onAppend(woken::incrementAndGet);
            journal.append(List.of(Verdicts.routine("1")), Map.of("line1", "p"));
            journal.append(List.of(Verdicts.routine("1")), Map.of("line1", "p"));
            assertThat(woken).hasValue(1);
        }
    }

    @Test
    void aNewFileHasANewEpochAndAnOldOneKeepsIts() throws Exception {
        String first;
        try (Journal journal = open()) {
            first = journal.epoch();
        }
        try (Journal again = open();
                Journal other = Journal.open(folder.resolve("other.db"), CONFIG, CLOCK)) {
            assertThat(again.epoch()).isEqualTo(first).hasSize(12);
            assertThat(other.epoch()).isNotEqualTo(first);
        }
    }

    @Test
    void textsArePhysicallyErasedAfterTheirTimeAndVerdictsStay() throws Exception {
        RetentionConfig week = new RetentionConfig(Duration.ofDays(7), Duration.ofDays(30));
        try (Journal journal = open()) {
            journal.append(List.of(Verdicts.routine("first")), Map.of());
            machine.pass(DAY.multipliedBy(6).plusHours(23));
            journal.sweep(week);
            assertThat(journal.latest(1).getFirst().verdict().text()).isEqualTo("text of first");
            machine.pass(DAY.multipliedBy(1));
            journal.sweep(week);
            assertThat(journal.latest(1).getFirst().verdict().text()).isNull();
            assertThat(journal.depth().total()).isEqualTo(1);
            for (Path file : List.of(file(), folder.resolve("journal.db-wal"))) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .doesNotContain("text of first");
            }
        }
    }

    @Test
    void sentRowsGoAfterTheirTimeAndUnsentOnesStay() throws Exception {
        try (Journal journal = open()) {
            journal.append(
                    IntStream.range(0, 30)
                            .mapToObj(i -> Verdicts.routine("" + i))
                            .toList(),
                    Map.of());
            journal.markSent(Map.of(Priority.ROUTINE, 25L));
            machine.pass(DAY.multipliedBy(9));
            journal.sweep(new RetentionConfig(Duration.ofDays(7), Duration.ofDays(10)));
            assertThat(journal.find(Priority.ROUTINE, 25)).isPresent();
            machine.pass(DAY.multipliedBy(2));
            journal.sweep(new RetentionConfig(Duration.ofDays(7), Duration.ofDays(10)));
            assertThat(journal.find(Priority.ROUTINE, 25)).isEmpty();
            assertThat(journal.latest(100)).hasSize(5);
            assertThat(journal.pending(100, Map.of())).hasSize(5);
            assertThat(journal.depth().ackedThrough()).containsEntry(Priority.ROUTINE, 25L);
        }
    }

    @Test
    void aFullJournalRefusesChangesNothingAndRecoversOnceRowsAreSent() throws Exception {
        JournalConfig tiny = CONFIG.withMaxBytes(256 << 10).withWhenFull(JournalConfig.WhenFull.REFUSE);
        try (Journal journal = Journal.open(file(), tiny, CLOCK)) {
            int appended = fill(journal);
            assertThat(journal.depth().total()).isEqualTo(appended);
            assertThat(journal.position("line1")).contains("" + (appended - 1));
            journal.markSent(Map.of(Priority.ROUTINE, appended - 1L));
            journal.append(List.of(Verdicts.routine("after")), Map.of());
            assertThat(journal.pending(10, Map.of()))
                    .extracting(PendingVerdict::seq)
                    .containsExactly((long) appended, appended + 1L);
        }
    }

    @Test
    void anUncleanStopIsTold() throws Exception {
        try (Journal journal = open()) {
            assertThat(journal.stoppedCleanly()).isTrue();
            // A second opening stands for the one after a kill: the first has not closed.
            try (Journal second = open()) {
                assertThat(second.stoppedCleanly()).isFalse();
                assertThat(second.quickCheck()).isEmpty();
            }
        }
        try (Journal journal = open()) {
            assertThat(journal.stoppedCleanly()).isTrue();
        }
    }

    @Test
    void aFaultAtTheCommitLosesNothingAndDoublesNothing() throws Exception {
        for (FaultyCommit.When when : FaultyCommit.When.values()) {
            Path file = folder.resolve(when + ".db");
            FaultyCommit commit = new FaultyCommit(when);
            try (Journal journal = Journal.open(file, CONFIG, CLOCK, commit)) {
                journal.append(List.of(Verdicts.routine("1")), Map.of("line1", "1"));
                commit.failNext();
                assertThatThrownBy(() -> journal.append(List.of(Verdicts.routine("2")), Map.of("line1", "2")))
                        .isInstanceOf(JournalUnavailableException.class)
                        .hasMessageContaining("injected");
            }
            try (Journal journal = Journal.open(file, CONFIG, CLOCK)) {
                assertThat(journal.position("line1")).contains(when == FaultyCommit.When.BEFORE ? "1" : "2");
                journal.append(List.of(Verdicts.routine("2")), Map.of("line1", "2"));
                journal.append(List.of(Verdicts.routine("3")), Map.of("line1", "3"));
                assertThat(journal.pending(10, Map.of()))
                        .extracting(row -> row.seq() + "=" + row.verdict().readingId())
                        .containsExactly("1=1", "2=2", "3=3");
            }
        }
    }

    @Test
    void theCountersAgreeWithTheRows() throws Exception {
        try (Journal journal = open()) {
            journal.append(List.of(Verdicts.routine("1"), Verdicts.failed("2", "x")), Map.of());
            journal.markSent(Map.of(Priority.ESCALATION, 1L));
        }
        assertThat(count("SELECT sum(unsent) FROM line")).isEqualTo(1);
        assertThat(count("SELECT sum(line.bytes) FROM line"))
                .isEqualTo(count("SELECT sum(bytes) FROM verdict WHERE id >= 3 << 56"));
    }

    private static int fill(Journal journal) throws Exception {
        for (int i = 0; i < 10_000; i++) {
            try {
                journal.append(List.of(Verdicts.routine("" + i)), Map.of("line1", "" + i));
            } catch (JournalUnavailableException e) {
                assertThat(e.reason()).isEqualTo(JournalUnavailableException.Reason.FULL);
                assertThat(e).hasMessageContaining("262144");
                return i;
            }
        }
        throw new AssertionError("never full");
    }

    private long count(String sql) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private Path file() {
        return folder.resolve("journal.db");
    }

    private Journal open() throws Exception {
        return Journal.open(file(), CONFIG, CLOCK, machine);
    }
}
