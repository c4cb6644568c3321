package dev.picket.agent.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.disk.SmallDisk;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.agent.sqlite.Schema;
import dev.picket.agent.sqlite.SetAside;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A damaged state.db opens no door: what was run is not run again, and no session number is given twice. */
class StateDamageTest {
    private static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");

    @TempDir
    Path folder;

    @Test
    void whereNothingCanBeReadSessionsGoOnAndEarlierTokensAreNotKnown() throws Exception {
        try (State state = open(folder)) {
            assertThat(state.nextSession()).isEqualTo(1);
            assertThat(state.memory(NOW).since()).isEqualTo(Instant.EPOCH);
        }
        byte[] noise = "no database".repeat(1_000).getBytes(StandardCharsets.UTF_8);
        Files.write(file(folder), noise);
        try (State state = open(folder)) {
            assertThat(state.nextSession()).isEqualTo(NOW.getEpochSecond() + 1);
            assertThat(state.memory(NOW).since()).isEqualTo(NOW);
            assertThat(state.troubles()).singleElement().asString().contains("state.db.damaged-20261121T080000Z");
        }
        assertThat(SetAside.kept(file(folder)).getFirst()).hasBinaryContent(noise);
    }

    @Test
    void aTornPageOfAFileThatWasInUseIsFoundAtTheStart() throws Exception {
        try (State state = open(folder)) {
            state.nextSession();
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file(folder));
                Statement statement = connection.createStatement()) {
            // As if it had been killed with its log taken in: in use, with a log beside it.
            statement.executeUpdate("UPDATE opened SET clean = 0");
        }
        Files.write(folder.resolve("state.db-wal"), new byte[0]);
        try (RandomAccessFile raw = new RandomAccessFile(file(folder).toFile(), "rw")) {
            raw.seek(raw.length() - 4096);
            raw.write(new byte[] {1, 2, 3, 4, 5});
            raw.seek(4096L * 3);
            raw.write(new byte[4096]);
        }
        try (State state = open(folder)) {
            assertThat(state.memory(NOW).since()).isEqualTo(NOW);
            assertThat(state.nextSession()).isGreaterThan(NOW.getEpochSecond());
        }
    }

    @Test
    void aFileThatIsDeletedUnderTheAgentIsPutBack() throws Exception {
        AtomicInteger faults = new AtomicInteger();
        try (State state = open(folder)) {
            state.onFault(faults::incrementAndGet);
            state.nextSession();
            Files.delete(file(folder));
            assertThatThrownBy(state::nextSession).isInstanceOf(StateUnavailableException.class);
        }
        assertThat(faults).hasValue(1);
        try (State state = open(folder)) {
            assertThat(state.nextSession()).isEqualTo(2);
            assertThat(state.memory(NOW).since()).isEqualTo(Instant.EPOCH);
        }
    }

    @Test
    void aFileThatWasRemovedIsMadeAnewKnowingThatItForgot() throws Exception {
        Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
        State.open(file(folder), 4 << 20, Limits.of(10), clock, true).close();
        // The next start finds a file, so it is not told any more.
        try (State state = open(folder)) {
            assertThat(state.memory(NOW).since()).isEqualTo(NOW);
            assertThat(state.nextSession()).isEqualTo(NOW.getEpochSecond() + 1);
        }
        try (State state = State.open(file(folder), 4 << 20, Limits.of(10), Clock.systemUTC(), true)) {
            assertThat(state.memory(NOW).since()).as("of a file that is there").isEqualTo(NOW);
        }
    }

    @Test
    void aFileMadeAnewByAClockThatRanAheadRefusesWhatIsOlderThanTheFirstLook() throws Exception {
        Instant ahead = Instant.parse("2100-01-01T00:00:00Z");
        State.open(file(folder), 4 << 20, Limits.of(10), Clock.fixed(ahead, ZoneOffset.UTC), true)
                .close();
        try (State state = open(folder)) {
            assertThat(state.memory(NOW).since()).isEqualTo(NOW);
        }
        try (State state = open(folder)) {
            assertThat(state.memory(NOW.plusSeconds(60)).since()).isEqualTo(NOW);
            assertThat(state.memory(NOW.minusSeconds(60)).since())
                    .as("it went back")
                    .isEqualTo(NOW.minusSeconds(60));
            assertThat(state.memory(ahead).since()).as("it lagged").isEqualTo(ahead);
        }
    }

    @Test
    void aFileWhoseFirstWriteFailsIsNotThereAtAll() {
        assertThatThrownBy(() -> SetAside.create(
                        file(folder), new Schema("state", List.of("001-commands.sql", "002-jobs.sql")), NOW, fresh -> {
                            throw new SQLException("cut short");
                        }))
                .hasMessage("cut short");
        assertThat(file(folder)).doesNotExist();
    }

    @Test
    void onAFullDiskCommandsAreStillRemembered() throws Exception {
        try (SmallDisk disk = SmallDisk.inMemory(folder, 8 << 20);
                State state = open(disk.folder())) {
            disk.fill(0);
            for (int i = 1; i <= 500; i++) {
                assertThat(state.nextSession()).isEqualTo(i);
            }
        }
    }

    @Test
    void aFileOfANewerAgentIsRefusedAndStaysAsItWas() throws Exception {
        open(folder).close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file(folder));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("PRAGMA user_version = 99");
        }
        byte[] before = Files.readAllBytes(file(folder));
        assertThatThrownBy(() -> open(folder))
                .isInstanceOf(NewerSchemaException.class)
                .hasMessageContaining("has schema 99");
        assertThat(file(folder)).hasBinaryContent(before);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file(folder));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT value FROM counter WHERE name = 'session'")) {
            assertThat(rows.next()).isFalse();
        }
    }

    private static State open(Path in) throws Exception {
        return State.open(file(in), 4 << 20, Limits.of(10), Clock.fixed(NOW, ZoneOffset.UTC), false);
    }

    private static Path file(Path in) {
        return in.resolve("state.db");
    }
}
