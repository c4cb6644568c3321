package dev.picket.agent.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.disk.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file's end and its next beginning, where the disk has not a byte left. */
class FullDiskTest {
    private static final Schema SCHEMA = new Schema("test", List.of("001-first.sql"));
    private static final int DISK_BYTES = 2 << 20;

    @TempDir
    Path folder;

    @Test
    void aFileThatIsClosedOnAFullDiskWasClosed() throws Exception {
        try (SmallDisk disk = SmallDisk.inMemory(folder, DISK_BYTES)) {
            Path file = disk.folder().resolve("test.db");
            try (Database _ = open(file)) {
                disk.fill(0);
            }
            disk.makeRoom();
            try (Database database = open(file)) {
                assertThat(database.stoppedCleanly()).isTrue();
                insert(database);
                disk.fill(0);
            }
            disk.makeRoom();
            try (Database database = open(file)) {
                assertThat(database.stoppedCleanly()).isTrue();
                assertThat(rows(database)).isEqualTo(1);
            }
        }
    }

    @Test
    void afterAKillItOpensWithoutAByteOfRoom() throws Exception {
        try (SmallDisk disk = SmallDisk.inMemory(folder, DISK_BYTES)) {
            Path file = killed(disk.folder(), "-wal", "-shm");
            disk.fill(0);
            for (int start = 0; start < 2; start++) {
                try (Database database = open(file)) {
                    assertThat(database.stoppedCleanly()).isEqualTo(start > 0);
                    assertThat(rows(database)).isEqualTo(1);
                }
                // Its own files gave room at the end, which somebody else takes, but for what SQLite needs to open a
                // file.
                disk.makeRoom();
                disk.fill(64 << 10);
            }
        }
    }

    @Test
    void aStartThatFailsForWantOfRoomLeavesWhatTheNextOneNeeds() throws Exception {
        try (SmallDisk disk = SmallDisk.inMemory(folder, DISK_BYTES)) {
            Path file = killed(disk.folder(), "-wal");
            disk.fill(0);
            for (int start = 0; start < 3; start++) {
                assertThatThrownBy(() -> open(file))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                fault -> assertThat(Damage.is(fault))
                                        .as(fault.toString())
                                        .isFalse());
            }
            disk.makeRoom();
            try (Database database = open(file)) {
                assertThat(rows(database)).isEqualTo(1);
            }
        }
    }

    /** A file with a row that is in its -wal alone, as a killed process leaves it. */
    private Path killed(Path disk, String... beside) throws Exception {
        Path file = folder.resolve("test.db");
        try (Database database = open(file)) {
            insert(database);
            copy(file, disk, "");
            for (String suffix : beside) {
                copy(file, disk, suffix);
            }
        }
        return disk.resolve("test.db");
    }

    private static void copy(Path file, Path to, String suffix) throws IOException {
        String name = file.getFileName() + suffix;
        Files.copy(file.resolveSibling(name), to.resolve(name));
    }

    private static Database open(Path file) throws SQLException, NewerSchemaException {
        return Database.open(file, SCHEMA, 1 << 20);
    }

    private static void insert(Database database) throws SQLException {
        database.write(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate("INSERT INTO thing (name) VALUES ('a')");
            }
        });
    }

    private static int rows(Database database) throws SQLException {
        return database.read(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT count(*) FROM thing")) {
                return rows.getInt(1);
            }
        });
    }
}
