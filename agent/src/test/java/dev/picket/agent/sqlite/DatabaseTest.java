package dev.picket.agent.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
    private static final Schema FIRST = new Schema("test", List.of("001-first.sql"));
    private static final Schema SECOND = new Schema("test", List.of("001-first.sql", "002-second.sql"));

    @TempDir
    Path folder;

    @Test
    void migrationsRunOnceEachAndKeepTheRows() throws Exception {
        try (Database database = Database.open(file(), FIRST, 1 << 20)) {
            database.write(connection -> execute(connection, "INSERT INTO thing (name) VALUES ('a')"));
        }
        for (int i = 0; i < 2; i++) {
            try (Database database = Database.open(file(), SECOND, 1 << 20)) {
                assertThat(database.<String>read(c -> text(c, "SELECT name || colour FROM thing")))
                        .isEqualTo("agrey");
                assertThat(database.<String>read(c -> text(c, "PRAGMA user_version")))
                        .isEqualTo("2");
            }
        }
    }

    @Test
    void aFileOfANewerAgentIsRefusedWithItsNumbers() throws Exception {
        Database.open(file(), SECOND, 1 << 20).close();
        assertThatThrownBy(() -> Database.open(file(), FIRST, 1 << 20))
                .isInstanceOf(NewerSchemaException.class)
                .hasMessageContaining("has schema 2")
                .hasMessageContaining("up to 1");
        Database.open(file(), SECOND, 1 << 20).close();
    }

    @Test
    void whoeverLooksAfterACrashLeavesItACrashWithoutALoss() throws Exception {
        Path killed = crashed(FIRST);
        Database.open(killed, FIRST, 1 << 20).closeAsFound();
        try (Database database = Database.open(killed, FIRST, 1 << 20)) {
            assertThat(database.stoppedCleanly()).isFalse();
            assertThat(database.<String>read(c -> text(c, "SELECT name FROM thing")))
                    .isEqualTo("a");
        }
        assertThat(Files.exists(killed.resolveSibling(killed.getFileName() + "-wal")))
                .isFalse();
    }

    @Test
    void anOlderAgentLeavesTheCrashOfANewerOneAsItWas() throws Exception {
        Path killed = crashed(SECOND);
        assertThatThrownBy(() -> Database.open(killed, FIRST, 1 << 20)).isInstanceOf(NewerSchemaException.class);
        try (Database database = Database.open(killed, SECOND, 1 << 20)) {
            assertThat(database.stoppedCleanly()).isFalse();
            assertThat(database.<String>read(c -> text(c, "SELECT name FROM thing")))
                    .isEqualTo("a");
        }
    }

    @Test
    void theFileIsDurableVacuumableAndWriteAheadLogged() throws Exception {
        try (Database database = Database.open(file(), FIRST, 1 << 20)) {
            assertThat(database.<String>read(c -> text(c, "PRAGMA journal_mode")))
                    .isEqualTo("wal");
            assertThat(database.<String>read(c -> text(c, "PRAGMA auto_vacuum")))
                    .isEqualTo("2");
            assertThat(database.<String>write(c -> text(c, "PRAGMA synchronous")))
                    .isEqualTo("2");
            assertThat(database.<String>write(c -> text(c, "PRAGMA max_page_count")))
                    .isEqualTo("192");
        }
    }

    @Test
    void workThatThrowsLeavesNothingBehind() throws Exception {
        try (Database database = Database.open(file(), FIRST, 1 << 20)) {
            assertThatThrownBy(() -> database.write(connection -> {
                        execute(connection, "INSERT INTO thing (name) VALUES ('a')");
                        throw new SQLException("no");
                    }))
                    .hasMessage("no");
            assertThat(database.<String>read(c -> text(c, "SELECT count(*) FROM thing")))
                    .isEqualTo("0");
        }
    }

    @Test
    void aScriptWithoutItsNumberIsAFaultOfTheProgram() {
        assertThatThrownBy(() -> new Schema("test", List.of("second.sql"))).hasMessageContaining("Migration 1");
    }

    @Test
    void anIncrementalVacuumGivesBackAllThatItIsAskedFor() throws Exception {
        try (Database database = Database.open(file(), FIRST, 1 << 20)) {
            for (int i = 0; i < 20; i++) {
                database.write(c -> execute(c, "INSERT INTO thing (name) VALUES (hex(randomblob(8000)))"));
            }
            database.write(c -> execute(c, "DELETE FROM thing"));
            int free = Integer.parseInt(database.<String>read(c -> text(c, "PRAGMA freelist_count")));
            assertThat(free).isGreaterThan(40);
            database.maintain("PRAGMA incremental_vacuum(40)");
            assertThat(database.<String>read(c -> text(c, "PRAGMA freelist_count")))
                    .isEqualTo("" + (free - 40));
        }
    }

    /** A file of which the agent was killed: what lay on the disk while it ran. */
    private Path crashed(Schema schema) throws Exception {
        Path killed = folder.resolve("killed.db");
        try (Database database = Database.open(file(), schema, 1 << 20)) {
            database.write(connection -> execute(connection, "INSERT INTO thing (name) VALUES ('a')"));
            Files.copy(file(), killed);
            Files.copy(file().resolveSibling(file().getFileName() + "-wal"), folder.resolve("killed.db-wal"));
        }
        return killed;
    }

    private Path file() {
        return folder.resolve("test.db");
    }

    private static int execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
