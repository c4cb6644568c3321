package dev.picket.agent.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ended at each step, it goes on from there, and what was damaged is never gone. */
class SetAsideTest {
    private static final Instant NOW = Instant.parse("2026-11-21T07:00:00Z");
    private static final SetAside.Build BUILD =
            (damaged, fresh) -> Files.writeString(fresh, "made of " + Files.readString(damaged) + log(damaged));

    @TempDir
    Path folder;

    @BeforeEach
    void damaged() throws IOException {
        Files.writeString(file(), "damaged");
        Files.writeString(folder.resolve("test.db-wal"), " and its log");
        Files.writeString(folder.resolve("test.db-shm"), "index");
    }

    @Test
    void aDamagedFileMakesWayWithItsLogAndIsKept() throws Exception {
        SetAside.begin(file());
        assertThat(SetAside.resume(file(), NOW, BUILD)).isTrue();
        assertDone();
        assertThat(SetAside.resume(file(), NOW, BUILD)).isFalse();
    }

    @Test
    void aCrashBetweenFileAndLogDoesNotPartThem() throws Exception {
        Files.move(file(), folder.resolve("test.db.salvaging"));
        assertThat(SetAside.resume(file(), NOW, BUILD)).isTrue();
        assertDone();
    }

    @Test
    void aCrashWhileTheNewFileIsMadeBeginsItAnew() throws Exception {
        SetAside.begin(file());
        Files.writeString(folder.resolve("test.db.new"), "half");
        Files.writeString(folder.resolve("test.db.new-wal"), "of it");
        assertThat(SetAside.resume(file(), NOW, BUILD)).isTrue();
        assertDone();
    }

    @Test
    void aCrashBehindTheSwitchOnlyPutsTheDamagedOneAway() throws Exception {
        SetAside.begin(file());
        Files.writeString(file(), "made of damaged and its log");
        Files.writeString(folder.resolve("test.db-wal"), "of the new one");
        assertThat(SetAside.resume(file(), NOW, (_, _) -> {
                    throw new AssertionError("built again");
                }))
                .isTrue();
        assertThat(folder.resolve("test.db-wal")).hasContent("of the new one");
        Files.delete(folder.resolve("test.db-wal"));
        assertDone();
    }

    @Test
    void aBuildThatFailsLeavesTheDamagedFileToTheNextTry() throws Exception {
        SetAside.begin(file());
        assertThatThrownBy(() -> SetAside.resume(file(), NOW, (_, fresh) -> {
                    Files.writeString(fresh, "half");
                    throw new IOException("the disk is full");
                }))
                .hasMessage("the disk is full");
        assertThat(names()).containsExactly("test.db.salvaging", "test.db.salvaging-wal");
        assertThat(SetAside.resume(file(), NOW, BUILD)).isTrue();
        assertDone();
    }

    @Test
    void severalInOneSecondAreAllKept() throws Exception {
        for (int i = 0; i < 3; i++) {
            Files.writeString(file(), "damaged " + i);
            SetAside.begin(file());
            SetAside.resume(file(), NOW, BUILD);
        }
        List<String> contents = new ArrayList<>();
        for (Path each : SetAside.kept(file())) {
            contents.add(Files.readString(each));
        }
        assertThat(contents).containsExactly("damaged 0", "damaged 1", "damaged 2");
        assertThat(SetAside.bytes(SetAside.kept(file()).getFirst())).isEqualTo("damaged 0 and its log".length());
    }

    private void assertDone() throws IOException {
        assertThat(names())
                .containsExactly("test.db", "test.db.damaged-20261121T070000Z", "test.db.damaged-20261121T070000Z-wal");
        assertThat(file()).hasContent("made of damaged and its log");
        assertThat(folder.resolve("test.db.damaged-20261121T070000Z")).hasContent("damaged");
        assertThat(folder.resolve("test.db.damaged-20261121T070000Z-wal")).hasContent(" and its log");
    }

    private static String log(Path damaged) throws IOException {
        Path log = damaged.resolveSibling(damaged.getFileName() + "-wal");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    private Path file() {
        return folder.resolve("test.db");
    }
}
