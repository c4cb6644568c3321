package dev.picket.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.Seed;
import dev.picket.agent.sqlite.SetAside;
import dev.picket.inference.Priority;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that was hurt is set aside, what can be read of it goes on under a new epoch, and the rest is told. */
class JournalDamageTest {
    private static final int ROWS = 2_000;
    private static final long SENT = 500;
    private static final int PAGE = 4096;

    @TempDir
    Path folder;

    @Test
    void aTornPageCostsItsRowsAndTheFleetIsToldOfBothEpochs() throws Exception {
        String before = fill();
        tear(pageOf("text of 1000"));
        long bytes = Files.size(file());
        try (Journal journal = openAndRead()) {
            assertThat(journal.epoch()).isNotEqualTo(before);
            assertThat(journal.stoppedCleanly()).isFalse();
            assertThat(journal.position("line1")).contains("end");
            List<PendingVerdict> unsent = journal.pending(ROWS, Map.of());
            long lost = ROWS - SENT - unsent.size();
            assertThat(lost).isBetween(1L, 100L);
            assertThat(unsent).allSatisfy(JournalDamageTest::assertWhole);
            assertThat(journal.depth().dropsByReason()).containsEntry("damaged", lost);
            List<Gap> gaps = journal.gaps(100);
            assertThat(gaps).extracting(Gap::reason).containsOnly("damaged");
            assertThat(gaps)
                    .filteredOn(gap -> gap.epoch().equals(before))
                    .extracting(gap -> gap.from() + ".." + gap.to())
                    .containsExactly("501.." + ROWS);
            assertThat(gaps)
                    .filteredOn(gap -> !gap.epoch().equals(before))
                    .extracting(gap -> gap.to() - gap.from() + 1)
                    .containsExactlyInAnyOrder(SENT, lost);
            journal.append(List.of(Verdicts.routine("new")), Map.of("line1", "next"));
            assertThat(journal.pending(ROWS, Map.of()).getLast().seq()).isEqualTo(ROWS + 1);
            assertThat(journal.troubles())
                    .anySatisfy(trouble -> assertThat(trouble).contains(lost + " unsent ones are lost"));
        }
        try (Journal again = open()) {
            assertThat(again.troubles()).singleElement().asString().startsWith("Damaged files lie beside");
        }
        assertThat(Files.size(SetAside.kept(file()).getFirst())).isEqualTo(bytes);
    }

    @Test
    void ofAFileThatIsNoDatabaseNothingIsSavedAndAllOfItIsKept() throws Exception {
        fill();
        byte[] noise = "no database, a text of some length".repeat(200).getBytes(StandardCharsets.UTF_8);
        Files.write(file(), noise);
        try (Journal journal = open()) {
            assertThat(journal.pending(10, Map.of())).isEmpty();
            assertThat(journal.troubles())
                    .anySatisfy(trouble -> assertThat(trouble).contains("as far as can be told"));
            journal.append(List.of(Verdicts.routine("1")), Map.of("line1", "1"));
        }
        assertThat(SetAside.kept(file()))
                .singleElement()
                .satisfies(kept -> assertThat(kept).hasBinaryContent(noise));
    }

    @Test
    void anEmptyFileAndOneCutShortAreNotTakenForNewOnes() throws Exception {
        String before = fill();
        try (RandomAccessFile file = new RandomAccessFile(file().toFile(), "rw")) {
            file.setLength((long) pageOf("text of 1500") * PAGE + 77);
        }
        try (Journal journal = openAndRead()) {
            assertThat(journal.epoch()).isNotEqualTo(before);
            assertThat(journal.latest(ROWS)).hasSizeGreaterThan(ROWS / 4).allSatisfy(JournalDamageTest::assertWhole);
        }
        Files.write(file(), new byte[0]);
        try (Journal journal = open()) {
            assertThat(journal.latest(1)).isEmpty();
            assertThat(journal.troubles()).hasSize(2);
        }
        assertThat(SetAside.kept(file())).hasSize(2);
    }

    @Test
    void withoutItsLogAFileThatWasInUseBeginsANewEpoch() throws Exception {
        String before = fill();
        Path copy = Files.createDirectory(folder.resolve("copy"));
        try (Journal journal = open()) {
            journal.append(List.of(Verdicts.routine("in the log alone")), Map.of("line1", "later"));
            Files.copy(file(), copy.resolve("journal.db"));
        }
        try (Journal journal = Journal.open(copy.resolve("journal.db"), PowerCutProcess.CONFIG, Clock.systemUTC())) {
            assertThat(journal.epoch()).isNotEqualTo(before);
            assertThat(journal.position("line1")).contains("end");
            assertThat(journal.latest(2 * ROWS)).hasSize(ROWS);
        }
    }

    @Test
    void ofALogThatWasCutShortWholeTransactionsAreLeftWithTheirPositions() throws Exception {
        fill();
        Path copy = Files.createDirectory(folder.resolve("copy"));
        try (Journal journal = open()) {
            for (int i = ROWS + 1; i <= ROWS + 20; i++) {
                journal.append(List.of(Verdicts.routine("" + i)), Map.of("line1", "" + i));
            }
            for (String suffix : List.of("", "-wal")) {
                Files.copy(folder.resolve("journal.db" + suffix), copy.resolve("journal.db" + suffix));
            }
        }
        Path log = copy.resolve("journal.db-wal");
        try (RandomAccessFile raw = new RandomAccessFile(log.toFile(), "rw")) {
            raw.setLength(Files.size(log) / 2 + 99);
        }
        try (Journal journal = Journal.open(copy.resolve("journal.db"), PowerCutProcess.CONFIG, Clock.systemUTC())) {
            int rows = journal.latest(2 * ROWS).size();
            assertThat(rows).isBetween(ROWS + 1, ROWS + 19);
            assertThat(journal.position("line1")).contains("" + rows);
        }
    }

    @Test
    void damageThatIsMetWhileItRunsEndsTheAgentAndIsSalvagedAtTheNextStart() throws Exception {
        String before = fill();
        AtomicInteger faults = new AtomicInteger();
        try (Journal journal = open()) {
            journal.onFault(faults::incrementAndGet);
            tear(pageOf("text of 1000"));
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> journal.held(Priority.ROUTINE, 1, ROWS, ROWS))
                        .isInstanceOfSatisfying(
                                JournalUnavailableException.class,
                                e -> assertThat(e.reason()).isEqualTo(JournalUnavailableException.Reason.DAMAGED));
            }
        }
        assertThat(faults).hasValue(1);
        assertThat(file()).doesNotExist();
        try (Journal journal = openAndRead()) {
            assertThat(journal.epoch()).isNotEqualTo(before);
        }
    }

    @Test
    void aFileThatIsDeletedUnderTheAgentIsPutBackWholeWithItsEpoch() throws Exception {
        String before = fill();
        AtomicInteger faults = new AtomicInteger();
        try (Journal journal = open()) {
            journal.onFault(faults::incrementAndGet);
            journal.append(List.of(Verdicts.routine("in the log alone")), Map.of("line1", "later"));
            Files.delete(file());
            assertThatThrownBy(() -> journal.append(List.of(Verdicts.routine("never")), Map.of("line1", "never")))
                    .hasMessageContaining("was deleted while it was in use");
        }
        assertThat(faults).hasValue(1);
        try (Journal journal = open()) {
            assertThat(journal.epoch()).isEqualTo(before);
            assertThat(journal.position("line1")).contains("later");
            assertThat(journal.latest(2 * ROWS)).hasSize(ROWS + 1);
        }
        assertThat(SetAside.kept(file())).isEmpty();
    }

    @Test
    void numbersThatContradictEachOtherAreDamage() throws Exception {
        String before = fill();
        JournalRows.execute(file(), "UPDATE line SET last = 7 WHERE rank = 3");
        try (Journal journal = openAndRead()) {
            assertThat(journal.epoch()).isNotEqualTo(before);
            assertThat(journal.latest(2 * ROWS)).hasSize(ROWS);
            assertThat(journal.depth().unsent().values().stream()
                            .mapToLong(n -> n)
                            .sum())
                    .isEqualTo(journal.pending(2 * ROWS, Map.of()).size());
        }
    }

    @Test
    void whereAPositionIsLostTheNewestOutcomesAreKnownAgain() throws Exception {
        fill();
        JournalRows.execute(file(), "DELETE FROM position; UPDATE line SET last = 7 WHERE rank = 3");
        try (Journal journal = open()) {
            assertThat(journal.position("line1")).isEmpty();
            List<Verdict> again = new ArrayList<>();
            for (int i = 1; i <= ROWS; i++) {
                again.add(Verdicts.routine("" + i));
            }
            journal.append(again, Map.of("line1", "read again"));
            assertThat(journal.latest(2 * ROWS)).hasSize(ROWS);
        }
    }

    @Test
    void theInboxGivesNoNumberAgain() throws Exception {
        fill();
        JournalRows.execute(
                file(),
                "INSERT INTO position VALUES ('pushed', 'inbox 41'); UPDATE line SET last = 7 WHERE rank = 3;"
                        + " INSERT INTO inbox (id, source, at, text, cut) VALUES (50, 'pushed', 0, 'a', 0);"
                        + " DELETE FROM inbox");
        try (Journal journal = open()) {
            assertThat(journal.epoch()).isNotEmpty();
        }
        assertThat(JournalRows.number(file(), "SELECT seq FROM sqlite_sequence WHERE name = 'inbox'"))
                .isEqualTo(50);
    }

    @Test
    void whateverIsHurtItOpensAndTakesRowsAndGivesThemToTheFleet() throws Exception {
        fill();
        Path whole = Files.copy(file(), folder.resolve("whole"));
        long seed = Seed.ofThisRun();
        Random random = new Random(seed);
        for (int i = 0; i < 5; i++) {
            Files.copy(whole, file(), StandardCopyOption.REPLACE_EXISTING);
            hurt(random);
            long bytes = Files.size(file());
            try (Journal journal = openAndRead()) {
                journal.append(List.of(Verdicts.routine("new")), Map.of("line1", "next"));
                Map<Priority, Long> sent = new HashMap<>();
                for (PendingVerdict row : journal.pending(2 * ROWS, Map.of())) {
                    sent.merge(row.priority(), row.seq(), Math::max);
                }
                journal.markSent(sent);
                journal.markTold(journal.gaps(1_000));
                assertThat(journal.pending(1, Map.of())).as("seed %d", seed).isEmpty();
                assertThat(journal.gaps(1)).as("seed %d", seed).isEmpty();
            }
            for (Path kept : SetAside.kept(file())) {
                // Not equal: where the damage is met late, the last page was filled up meanwhile.
                assertThat(Files.size(kept)).as("seed %d", seed).isGreaterThanOrEqualTo(bytes);
                Files.delete(kept);
            }
        }
    }

    /** Fills pages with rubbish or zeros, flips bits, or cuts it short. */
    private void hurt(Random random) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(file().toFile(), "rw")) {
            for (int i = random.nextInt(6); i >= 0; i--) {
                byte[] page = new byte[PAGE];
                if (random.nextBoolean()) {
                    random.nextBytes(page);
                }
                file.seek((long) random.nextInt(pages()) * PAGE);
                file.write(page, 0, random.nextBoolean() ? PAGE : 512);
            }
            if (random.nextInt(5) == 0) {
                file.setLength(random.nextLong(file.length()));
            }
        }
    }

    private static void assertWhole(PendingVerdict row) {
        assertThat(row.verdict()).isEqualTo(Verdicts.routine("" + row.seq()));
    }

    /** Some sent, the others not; closed in good order, so that no log lies beside it. Answers the epoch. */
    private String fill() throws Exception {
        try (Journal journal = open()) {
            for (int i = 1; i <= ROWS; i += 100) {
                List<Verdict> rows = new ArrayList<>();
                for (int row = i; row < i + 100; row++) {
                    rows.add(Verdicts.routine("" + row));
                }
                journal.append(rows, Map.of("line1", i + 100 > ROWS ? "end" : "" + i));
            }
            journal.markSent(Map.of(Priority.ROUTINE, SENT));
            return journal.epoch();
        }
    }

    /** An open that meets the damage at once, or that of the agent which starts again because a check met it. */
    private Journal openAndRead() throws Exception {
        Journal journal = open();
        AtomicInteger faults = new AtomicInteger();
        journal.onFault(faults::incrementAndGet);
        boolean hurt;
        try {
            hurt = journal.quickCheck().isPresent();
            journal.latest(2 * ROWS);
        } catch (JournalUnavailableException e) {
            assertThat(e.reason()).isEqualTo(JournalUnavailableException.Reason.DAMAGED);
            hurt = true;
        }
        if (!hurt) {
            return journal;
        }
        assertThat(faults).hasValue(1);
        journal.close();
        Journal again = open();
        assertThat(again.quickCheck()).isEmpty();
        again.latest(2 * ROWS);
        return again;
    }

    private Journal open() throws Exception {
        return Journal.open(file(), PowerCutProcess.CONFIG, Clock.systemUTC());
    }

    private int pages() throws IOException {
        return (int) (Files.size(file()) / PAGE);
    }

    /** The first page that holds it. */
    private int pageOf(String text) throws IOException {
        int at = new String(Files.readAllBytes(file()), StandardCharsets.ISO_8859_1).indexOf(text);
        assertThat(at).isPositive();
        return at / PAGE;
    }

    private void tear(int page) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(file().toFile(), "rw")) {
            file.seek((long) page * PAGE);
            file.write(new byte[PAGE]);
        }
    }

    private Path file() {
        return folder.resolve("journal.db");
    }
}
