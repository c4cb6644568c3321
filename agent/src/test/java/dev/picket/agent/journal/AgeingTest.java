package dev.picket.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.config.LineConfig;
import dev.picket.agent.config.PrioritiesConfig;
import dev.picket.agent.config.RetentionConfig;
import dev.picket.inference.Priority;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows expire by the time that passed, and never by what a clock says passed. Routine lives an hour here, alarms a day. */
class AgeingTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final RetentionConfig RETENTION = ConfigLoader.defaults(RetentionConfig.class);
    private static final JournalConfig CONFIG = ConfigLoader.defaults(JournalConfig.class)
            .withMaxBytes(64 << 20)
            .withPriorities(new PrioritiesConfig(
                    line(Duration.ofDays(30)), line(Duration.ofDays(1)), line(Duration.ofDays(1)), line(HOUR)));

    @TempDir
    Path folder;

    private final FakeUptime machine = new FakeUptime();

    @Test
    void anUnsentRowPastItsTimeBecomesAGapAndIsNeverSent() throws Exception {
        try (Journal journal = open()) {
            append(journal, "a", Priority.ROUTINE);
            append(journal, "b", Priority.ALARM);
            machine.pass(MINUTE.multipliedBy(59));
            append(journal, "c", Priority.ROUTINE);
            assertThat(pending(journal)).containsExactly("b", "a", "c");
            machine.pass(MINUTE);
            assertThat(pending(journal)).containsExactly("b", "c");
            assertThat(journal.gaps(10))
                    .extracting(Gap::id, Gap::reason)
                    .containsExactly(tuple(journal.epoch() + "-routine-1..1", "expired"));
            assertThat(journal.depth().dropsByReason()).containsExactly(Map.entry("expired", 1L));
            assertThat(journal.depth().ackedThrough()).containsEntry(Priority.ROUTINE, 1L);
            assertThat(journal.find(Priority.ROUTINE, 1)).isEmpty();
        }
    }

    @Test
    void whatIsLeftOfARowsLifeIsTold() throws Exception {
        try (Journal journal = open()) {
            append(journal, "a", Priority.ROUTINE);
            machine.pass(MINUTE.multipliedBy(45));
            machine.setClock(Instant.parse("2036-01-01T00:00:00Z"));
            assertThat(journal.pending(1, Map.of()).getFirst().lifeLeft()).isEqualTo(Duration.ofMinutes(15));
        }
    }

    @Test
    void aClockThatJumpsThereAndBackExpiresNothing() throws Exception {
        machine.synchronise(true);
        try (Journal journal = open()) {
            append(journal, "a", Priority.ROUTINE);
            machine.setClock(Instant.parse("2036-01-01T00:00:00Z"));
            journal.sweep(RETENTION);
            append(journal, "b", Priority.ROUTINE);
            machine.setClock(Instant.EPOCH);
            journal.sweep(RETENTION);
            machine.pass(MINUTE);
        }
        try (Journal journal = open()) {
            journal.sweep(RETENTION);
            assertThat(pending(journal)).containsExactly("a", "b");
            assertThat(journal.latest(2))
                    .allSatisfy(row -> assertThat(row.verdict().text()).isNotNull());
        }
    }

    @Test
    void timeBetweenBootsCountsWhereTheClockWasRightBeforeAndIsNow() throws Exception {
        machine.synchronise(true);
        try (Journal journal = open()) {
            append(journal, "a", Priority.ROUTINE);
        }
        machine.reboot(Duration.ofHours(2), true);
        try (Journal journal = open()) {
            append(journal, "b", Priority.ROUTINE);
            assertThat(pending(journal)).containsExactly("b");
            assertThat(journal.gaps(10)).extracting(Gap::reason).containsExactly("expired");
        }
    }

    @Test
    void timeBetweenBootsCountsNotWhereTheClockWasNeverKnownToBeRightBefore() throws Exception {
        try (Journal journal = open()) {
            append(journal, "a", Priority.ROUTINE);
        }
        machine.reboot(Duration.ofHours(2), true);
        machine.synchronise(true);
        machine.setClock(Instant.parse("2036-01-01T00:00:00Z"));
        try (Journal journal = open()) {
            journal.sweep(RETENTION);
            assertThat(pending(journal)).containsExactly("a");
            machine.pass(HOUR.minusSeconds(1));
            assertThat(pending(journal)).isEmpty();
        }
    }

    @Test
    void timeBetweenBootsCountsOnceTheClockIsRightAgain() throws Exception {
        machine.synchronise(true);
        try (Journal journal = open()) {
            append(journal, "a", Priority.ROUTINE);
        }
        machine.synchronise(false);
        machine.reboot(Duration.ofHours(2), true);
        try (Journal journal = open()) {
            journal.sweep(RETENTION);
            append(journal, "b", Priority.ROUTINE);
            assertThat(pending(journal)).containsExactly("a", "b");
            machine.synchronise(true);
            journal.sweep(RETENTION);
            assertThat(pending(journal)).containsExactly("b");
        }
    }

    /** Nobody knows when in the two hours this boot was, so its rows may be young. */
    @Test
    void aRowOfABootThatNeverHadARightClockAgesOnlyByWhatWasObserved() throws Exception {
        machine.synchronise(true);
        try (Journal journal = open()) {
            append(journal, "a", Priority.ROUTINE);
        }
        machine.synchronise(false);
        machine.reboot(HOUR, false);
        try (Journal journal = open()) {
            append(journal, "b", Priority.ROUTINE);
        }
        machine.reboot(HOUR, false);
        machine.synchronise(true);
        machine.setClock(Instant.parse("2026-11-20T12:10:00Z"));
        try (Journal journal = open()) {
            assertThat(pending(journal)).containsExactly("b");
        }
    }

    @Test
    void aCrashThatLosesWhereTheAgeWasMakesNoRowYoungerThanTheOneBeforeIt() throws Exception {
        Path before = folder.resolve("before.db");
        try (Journal journal = open()) {
            append(journal, "a", Priority.ROUTINE);
            machine.pass(MINUTE.multipliedBy(50));
            append(journal, "b", Priority.ROUTINE);
            Copies.of(folder.resolve("journal.db"), before);
        }
        machine.reboot(Duration.ZERO, false);
        try (Journal journal = Journal.open(before, CONFIG, machine.clock(), machine)) {
            append(journal, "c", Priority.ROUTINE);
            machine.pass(MINUTE.multipliedBy(10));
            assertThat(pending(journal)).containsExactly("b", "c");
        }
    }

    @Test
    void thousandsOfExpiredRowsBecomeOneGap() throws Exception {
        try (Journal journal = open()) {
            journal.append(
                    IntStream.range(0, 5_500)
                            .mapToObj(i -> Verdicts.routine("" + i))
                            .toList(),
                    Map.of());
            machine.pass(HOUR);
            append(journal, "fresh", Priority.ROUTINE);
            assertThat(pending(journal)).containsExactly("fresh");
            assertThat(journal.gaps(10)).extracting(Gap::from, Gap::to).containsExactly(tuple(1L, 5_500L));
            assertThat(journal.depth().total()).isEqualTo(1);
        }
    }

    @Test
    void thisMachineKnowsItsBootAndItsUptimeGrows() {
        Uptime here = Uptime.ofThisMachine();
        Uptime.Moment first = here.now();
        assertThat(first.boot()).isNotEmpty().isEqualTo(here.now().boot());
        assertThat(here.now().millis()).isGreaterThanOrEqualTo(first.millis());
    }

    private static LineConfig line(Duration ttl) {
        return new LineConfig(25, ttl, LineConfig.Rule.DROP_OLDEST);
    }

    private static void append(Journal journal, String id, Priority priority) throws Exception {
        journal.append(List.of(Verdicts.of("line1", id, "fraud", priority)), Map.of());
    }

    private static List<String> pending(Journal journal) throws Exception {
        return journal.pending(100, Map.of()).stream()
                .map(row -> row.verdict().readingId())
                .toList();
    }

    private Journal open() throws Exception {
        return Journal.open(folder.resolve("journal.db"), CONFIG, machine.clock(), machine);
    }
}
