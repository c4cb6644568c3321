package dev.picket.agent.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that loses its name while it is open: SQLite itself would go on, and all of it would be gone at the end. */
class PlaceTest {
    private static final Schema SCHEMA = new Schema("rows", List.of("001-rows.sql"));

    @TempDir
    Path parent;

    private Path folder;

    @BeforeEach
    void make() throws Exception {
        folder = Files.createDirectory(parent.resolve("data"));
    }

    @Test
    void aDeletedFileIsWrittenNoMoreAndCanBeCopiedFromWhatIsOpen() throws Exception {
        Path copy = folder.resolve("copy.db");
        try (Database database = Database.open(file(), SCHEMA, 1 << 20)) {
            insert(database);
            Files.delete(file());
            assertThatThrownBy(() -> insert(database))
                    .isInstanceOfSatisfying(
                            MisplacedException.class, e -> assertThat(e.now()).isEqualTo(Place.Now.DELETED));
            database.copyInto(copy);
        }
        try (Database database = Database.open(copy, SCHEMA, 1 << 20)) {
            assertThat(count(database)).isEqualTo(1);
            insert(database);
        }
    }

    @Test
    void aFolderThatIsTakenAwayAndBroughtBackIsWaitedFor() throws Exception {
        try (Database database = Database.open(file(), SCHEMA, 1 << 20)) {
            insert(database);
            Files.move(folder, parent.resolve("away"));
            assertThatThrownBy(() -> insert(database))
                    .isInstanceOfSatisfying(
                            MisplacedException.class, e -> assertThat(e.now()).isEqualTo(Place.Now.AWAY));
            Files.move(parent.resolve("away"), folder);
            insert(database);
            assertThat(count(database)).isEqualTo(2);
        }
    }

    @Test
    void anotherFileOfItsNameIsNotTakenForIt() throws Exception {
        try (Database database = Database.open(file(), SCHEMA, 1 << 20)) {
            Files.delete(file());
            Files.write(file(), new byte[0]);
            assertThatThrownBy(() -> insert(database))
                    .isInstanceOfSatisfying(
                            MisplacedException.class, e -> assertThat(e.now()).isEqualTo(Place.Now.REPLACED));
            assertThat(file()).isEmptyFile();
        }
    }

    private static void insert(Database database) throws SQLException {
        database.write(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate("INSERT INTO thing (name) VALUES ('a')");
            }
        });
    }

    private static int count(Database database) throws SQLException {
        return database.read(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT count(*) FROM thing")) {
                rows.next();
                return rows.getInt(1);
            }
        });
    }

    private Path file() {
        return folder.resolve("test.db");
    }
}
