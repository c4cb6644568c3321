package dev.picket.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.disk.SmallDisk;
import dev.picket.agent.read.Pipeline;
import dev.picket.agent.read.Until;
import dev.picket.agent.sqlite.SetAside;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real disk that is full, read-only or gone: readings wait in their sources, and nothing is kept in memory instead. */
class DiskFaultTest {
    private static final int LINES = 3_000;
    private static final int IN_FLIGHT = 16;

    @TempDir
    Path scratch;

    @Test
    void onAFullDiskTheSourcesWaitUntilThereIsRoomAndEachLineIsJudgedOnce() throws Exception {
        try (SmallDisk disk = SmallDisk.inMemory(scratch, 8 << 20);
                Journal journal = open(disk)) {
            disk.fill(300_000);
            append(0, LINES);
            try (Pipeline pipeline = PowerCutProcess.pipeline(journal, log())) {
                pipeline.start();
                Until.holds("it says that it waits", () -> !pipeline.troubles().isEmpty());
                assertThat(pipeline.troubles()).singleElement().asString().contains("The journal", "is full");
                long held = journal.latest(LINES).size();
                assertThat(held).isBetween(1L, LINES - 1L);
                assertThat(pipeline.metrics().inFlight()).isLessThanOrEqualTo(IN_FLIGHT);
                disk.makeRoom();
                Until.holds("it goes on by itself", () -> journal.latest(LINES).size() == LINES);
                Until.holds("it says so", () -> pipeline.troubles().isEmpty());
            }
            assertEachLineOnce(journal);
        }
    }

    @Test
    void aDiskThatIsTakenOutIsWaitedForAndNothingIsWrittenToWhatStaysOpen() throws Exception {
        try (SmallDisk disk = SmallDisk.inMemory(scratch, 8 << 20);
                Journal journal = open(disk);
                Pipeline pipeline = PowerCutProcess.pipeline(journal, log())) {
            append(0, 100);
            pipeline.start();
            Until.holds("the first are there", () -> journal.latest(LINES).size() == 100);
            disk.takeOut();
            append(100, LINES - 100);
            Until.holds("it says that it waits", () -> !pipeline.troubles().isEmpty());
            assertThat(pipeline.troubles()).singleElement().asString().contains("is gone");
            assertThat(journal.latest(LINES)).hasSize(100);
            assertThat(disk.folder()).isEmptyDirectory();
            assertThat(pipeline.metrics().inFlight()).isLessThanOrEqualTo(IN_FLIGHT);
            disk.bringBack();
            Until.holds("it goes on by itself", () -> journal.latest(LINES).size() == LINES);
            assertEachLineOnce(journal);
        }
    }

    @Test
    void onADiskThatTakesNoWritesTheSourcesWaitAndTheNextStartGoesOn() throws Exception {
        try (SmallDisk disk = SmallDisk.inFile(scratch, 8 << 20)) {
            append(0, 100);
            try (Journal journal = open(disk);
                    Pipeline pipeline = PowerCutProcess.pipeline(journal, log())) {
                pipeline.start();
                Until.holds("the first are there", () -> journal.latest(LINES).size() == 100);
                disk.stopWriting();
                append(100, LINES - 100);
                Until.holds("it says that it waits", () -> !pipeline.troubles().isEmpty());
                assertThat(pipeline.troubles()).singleElement().asString().contains("cannot be used", "disk");
                assertThat(pipeline.metrics().inFlight()).isLessThanOrEqualTo(IN_FLIGHT);
            }
            disk.takeOut();
            disk.bringBack();
            try (Journal journal = open(disk);
                    Pipeline pipeline = PowerCutProcess.pipeline(journal, log())) {
                pipeline.start();
                Until.holds("all is there", () -> journal.latest(LINES).size() == LINES);
                assertEachLineOnce(journal);
                assertThat(journal.troubles()).isEmpty();
            }
        }
    }

    @Test
    void withoutRoomForTheCopyADamagedJournalIsKeptAndSalvagedOnceThereIs() throws Exception {
        try (SmallDisk disk = SmallDisk.inMemory(scratch, 8 << 20)) {
            try (Journal journal = open(disk)) {
                List<Verdict> rows = new ArrayList<>();
                for (int i = 0; i < LINES; i++) {
                    rows.add(Verdicts.routine("" + i));
                }
                journal.append(rows, Map.of("line1", "end"));
            }
            Path file = disk.folder().resolve("journal.db");
            try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
                damaged.setLength(damaged.length() - 4096 * 3);
            }
            disk.fill(200_000);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> open(disk))
                        .isInstanceOf(JournalUnavailableException.class)
                        .hasMessageContaining("nothing is deleted: make room");
            }
            disk.makeRoom();
            try (Journal journal = open(disk)) {
                assertThat(journal.latest(LINES)).hasSizeGreaterThan(LINES / 2);
                assertThat(journal.position("line1")).contains("end");
            }
            assertThat(SetAside.kept(file)).hasSize(1);
        }
    }

    private static void assertEachLineOnce(Journal journal) throws Exception {
        assertThat(journal.latest(2 * LINES).stream()
                        .map(row -> String.valueOf(row.verdict().text()))
                        .collect(Collectors.toSet()))
                .hasSize(LINES);
        assertThat(journal.latest(2 * LINES)).hasSize(LINES);
    }

    private static Journal open(SmallDisk disk) throws Exception {
        return Journal.open(disk.folder().resolve("journal.db"), PowerCutProcess.CONFIG, Clock.systemUTC());
    }

    private void append(int first, int lines) throws Exception {
        Files.writeString(
                log(),
                IntStream.range(first, first + lines)
                        .mapToObj("line %d\n"::formatted)
                        .collect(Collectors.joining()),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private Path log() {
        return scratch.resolve("app.log");
    }
}
