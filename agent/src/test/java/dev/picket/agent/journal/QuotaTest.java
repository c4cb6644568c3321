package dev.picket.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.config.JournalConfig.WhenFull;
import dev.picket.agent.config.LineConfig;
import dev.picket.agent.config.PrioritiesConfig;
import dev.picket.inference.Priority;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal that is full: what goes, and that nothing goes unexplained. */
class QuotaTest {
    private static final long QUOTA = 512 << 10;
    private static final List<Priority> PRIORITIES = List.of(Priority.values());
    private static final JournalConfig CONFIG =
            ConfigLoader.defaults(JournalConfig.class).withMaxBytes(QUOTA);
    private static final JournalConfig OLDEST = CONFIG.withPriorities(new PrioritiesConfig(
            line(30, LineConfig.Rule.DROP_OLDEST),
            line(30, LineConfig.Rule.DROP_OLDEST),
            line(20, LineConfig.Rule.DROP_OLDEST),
            line(20, LineConfig.Rule.DROP_OLDEST)));

    @TempDir
    Path folder;

    private final FakeUptime machine = new FakeUptime();
    private int next;

    @Test
    void fileAndWalStayWithinTheQuotaWhateverComes() throws Exception {
        try (Journal journal = open(CONFIG)) {
            for (int commit = 0; commit < 200; commit++) {
                append(journal, 100, PRIORITIES.get(commit % 4));
                assertThat(bytes()).isLessThanOrEqualTo(QUOTA);
            }
            assertThat(journal.depth().heldBytes()).isLessThanOrEqualTo(QUOTA);
            assertThat(journal.depth().quotaBytes()).isEqualTo(QUOTA);
            allExplained(journal);
        }
    }

    @Test
    void sentRowsGoFirst() throws Exception {
        try (Journal journal = open(OLDEST)) {
            fill(journal, Priority.ESCALATION, 2_500);
            journal.markSent(Map.of(Priority.ESCALATION, 2_500L));
            fill(journal, Priority.ROUTINE, 2_500);
            assertThat(journal.gaps(10)).isEmpty();
            assertThat(journal.depth().total()).isEqualTo(2_500);
            assertThat(seqs(journal, Priority.ESCALATION).size()).isBetween(1, 2_400);
        }
    }

    @Test
    void thePriorityFurthestOverItsShareGivesItsOldestRows() throws Exception {
        try (Journal journal = open(OLDEST)) {
            append(journal, 100, Priority.ALARM);
            fill(journal, Priority.ROUTINE, 6_000);
            assertThat(journal.depth().unsent()).containsEntry(Priority.ALARM, 100L);
            List<Gap> gaps = journal.gaps(10);
            assertThat(gaps).hasSize(1);
            assertThat(gaps.getFirst().priority()).isEqualTo(Priority.ROUTINE);
            assertThat(gaps.getFirst().reason()).isEqualTo("quota");
            assertThat(gaps.getFirst().from()).isEqualTo(1);
            assertThat(journal.depth().dropsByReason())
                    .containsEntry("quota", gaps.getFirst().to());
            assertThat(journal.find(Priority.ROUTINE, 6_000)).isPresent();
            allExplained(journal);
        }
    }

    @Test
    void aPriorityMayUseWhatOthersLeave() throws Exception {
        try (Journal journal = open(OLDEST)) {
            fill(journal, Priority.ROUTINE, 6_000);
            long alone = journal.depth().unsent().getOrDefault(Priority.ROUTINE, 0L);
            fill(journal, Priority.ALARM, 6_000);
            Map<Priority, Long> unsent = journal.depth().unsent();
            assertThat(unsent.get(Priority.ALARM)).isBetween(alone * 2 / 5, alone * 3 / 5);
            assertThat(unsent.get(Priority.ROUTINE)).isBetween(alone * 3 / 10, alone / 2);
            allExplained(journal);
        }
    }

    @Test
    void thinningLeavesTheNewerHalfWholeAndTheOlderSparser() throws Exception {
        try (Journal journal = open(CONFIG)) {
            fill(journal, Priority.ROUTINE, 5_000);
            Set<Long> held = seqs(journal, Priority.ROUTINE);
            long first = held.stream().mapToLong(Long::longValue).min().orElseThrow();
            long newest = LongStream.rangeClosed(5_000 - held.size() / 4, 5_000)
                    .filter(held::contains)
                    .count();
            assertThat(newest).as("the newest are whole").isEqualTo(held.size() / 4 + 1);
            assertThat(first).as("the oldest reach far back").isLessThan(600);
            assertThat(journal.gaps(100))
                    .allSatisfy(gap -> assertThat(gap.reason()).isEqualTo("thinned"))
                    .allSatisfy(gap -> assertThat(gap.keeping()).isNotNull())
                    .hasSizeLessThan(40);
            assertThat(journal.depth().dropsByReason()).containsExactly(Map.entry("thinned", 5_000L - held.size()));
            allExplained(journal);
        }
    }

    @Test
    void refusingLosesNothingAndGoesOnOnceRowsAreSent() throws Exception {
        try (Journal journal = open(CONFIG.withWhenFull(WhenFull.REFUSE))) {
            assertThatThrownBy(() -> fill(journal, Priority.ROUTINE, 10_000))
                    .isInstanceOfSatisfying(
                            JournalUnavailableException.class,
                            e -> assertThat(e.reason()).isEqualTo(JournalUnavailableException.Reason.FULL));
            long total = journal.depth().total();
            assertThat(journal.gaps(10)).isEmpty();
            journal.markSent(Map.of(Priority.ROUTINE, total / 2));
            append(journal, 10, Priority.ALARM);
            assertThat(journal.depth().total()).isEqualTo(total - total / 2 + 10);
            assertThat(bytes()).isLessThanOrEqualTo(QUOTA);
        }
    }

    @Test
    void aRowThatAloneIsTooLargeIsAGapFromTheBeginning() throws Exception {
        try (Journal journal = open(CONFIG)) {
            append(journal, 3, Priority.ROUTINE);
            String text = "x".repeat((int) QUOTA);
            Verdict small = Verdicts.routine("small");
            Verdict large = new Verdict(
                    small.source(),
                    "large",
                    small.at(),
                    text,
                    false,
                    small.task(),
                    small.baseDigest(),
                    small.taskDigest(),
                    small.labels(),
                    small.probabilities(),
                    small.label(),
                    small.confidence(),
                    Priority.ROUTINE,
                    small.decision(),
                    1);
            journal.append(List.of(large, small), Map.of());
            assertThat(seqs(journal, Priority.ROUTINE)).containsExactly(1L, 2L, 3L, 5L);
            assertThat(journal.gaps(10)).extracting(Gap::from, Gap::to).hasSize(1);
            allExplained(journal);
        }
    }

    @Test
    void loweringTheQuotaLosesNothingAtRestartAndLaterAnAppendDropsNoMoreThanItBrings() throws Exception {
        long stored;
        try (Journal journal = open(OLDEST.withMaxBytes(4 << 20))) {
            fill(journal, Priority.ROUTINE, 6_000);
            stored = journal.depth().total();
            assertThat(stored).isEqualTo(6_000);
        }
        try (Journal journal = open(OLDEST)) {
            assertThat(journal.depth().total()).isEqualTo(stored);
            int brought = 0;
            for (int commit = 0; commit < 20; commit++) {
                append(journal, 100, Priority.ROUTINE);
                brought += 100;
                assertThat(journal.depth().dropsByReason().getOrDefault("quota", 0L))
                        .as("but for the rows of two pages")
                        .isLessThanOrEqualTo(brought + 128);
            }
            allExplained(journal);
            journal.markSent(Map.of(Priority.ROUTINE, 8_000L));
            for (int commit = 0; commit < 60; commit++) {
                append(journal, 10, Priority.ROUTINE);
            }
            assertThat(journal.depth().heldBytes()).isLessThanOrEqualTo(QUOTA);
            assertThat(journal.depth().total()).isEqualTo(600);
        }
    }

    private void fill(Journal journal, Priority priority, int rows) throws Exception {
        for (int i = 0; i < rows; i += 100) {
            append(journal, 100, priority);
        }
    }

    private void append(Journal journal, int rows, Priority priority) throws Exception {
        int first = next;
        next += rows;
        journal.append(
                IntStream.range(first, next)
                        .mapToObj(i -> Verdicts.of("line1", "r" + i, "fraud", priority))
                        .toList(),
                Map.of("line1", "p" + next));
    }

    private static Set<Long> seqs(Journal journal, Priority priority) throws Exception {
        return journal.held(priority, 1, Long.MAX_VALUE >> 8, 1_000_000).stream()
                .map(PendingVerdict::seq)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void allExplained(Journal journal) throws Exception {
        Explained.by(journal.gaps(10_000)).in(journal);
    }

    private static LineConfig line(int share, LineConfig.Rule rule) {
        return new LineConfig(share, Duration.ofDays(30), rule);
    }

    private long bytes() throws Exception {
        Path wal = folder.resolve("journal.db-wal");
        return Files.size(folder.resolve("journal.db")) + (Files.exists(wal) ? Files.size(wal) : 0);
    }

    private Journal open(JournalConfig config) throws Exception {
        return Journal.open(folder.resolve("journal.db"), config, machine.clock(), machine);
    }
}
