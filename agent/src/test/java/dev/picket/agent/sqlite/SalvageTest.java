package dev.picket.agent.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read of a file whose pages are hurt in different ways. */
class SalvageTest {
    private static final Schema SCHEMA = new Schema("rows", List.of("001-rows.sql"));
    private static final int ROWS = 5_000;
    private static final int PAGE = 4096;

    @TempDir
    Path folder;

    private int pages;

    /** Rows of two far stretches, as those of two priorities are. */
    @BeforeEach
    void fill() throws Exception {
        try (Database database = Database.open(damaged(), SCHEMA, 1L << 30)) {
            database.write(connection -> {
                try (PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO thing (id, name) VALUES (?, ?)")) {
                    for (int i = 0; i < ROWS; i++) {
                        insert.setLong(1, id(i));
                        insert.setString(2, name(i));
                        insert.executeUpdate();
                    }
                }
                return ROWS;
            });
        }
        pages = (int) (Files.size(damaged()) / PAGE);
        assertThat(pages).isGreaterThan(100);
    }

    @Test
    void ofAWholeFileEveryRowIsThere() throws Exception {
        assertThat(salvage().faults()).isEmpty();
        assertThat(ids()).hasSize(ROWS);
    }

    @Test
    void aTornLeafCostsItsOwnRowsAlone() throws Exception {
        tear(pages / 2, new byte[PAGE]);
        assertThat(salvage().faults()).containsKey("thing");
        assertThat(ids()).hasSizeBetween(ROWS - 100, ROWS - 1);
    }

    @Test
    void ofManyTornPagesTheOthersAreRead() throws Exception {
        Random random = new Random(3);
        for (int i = 0; i < 20; i++) {
            byte[] rubbish = new byte[PAGE];
            random.nextBytes(rubbish);
            tear(4 + random.nextInt(pages - 5), rubbish);
        }
        salvage();
        assertThat(ids()).hasSizeBetween(ROWS / 2, ROWS - 1);
        assertThat(wrongNames()).isZero();
    }

    @Test
    void behindALostEndTheRowsBetweenTornPagesAreRead() throws Exception {
        for (int page = pages / 8; page < pages - 4; page += pages / 8) {
            tear(page, new byte[PAGE]);
        }
        try (RandomAccessFile file = new RandomAccessFile(damaged().toFile(), "rw")) {
            file.setLength(file.length() - 2L * PAGE);
        }
        salvage();
        assertThat(ids()).hasSizeBetween(ROWS * 3 / 4, ROWS - 1);
        assertThat(wrongNames()).isZero();
    }

    @Test
    void ofAFileCutShortWhatIsLeftIsRead() throws Exception {
        try (RandomAccessFile file = new RandomAccessFile(damaged().toFile(), "rw")) {
            file.setLength((long) pages / 2 * PAGE + 100);
        }
        salvage();
        assertThat(ids()).hasSizeBetween(ROWS / 4, ROWS - 1);
        assertThat(wrongNames()).isZero();
    }

    @Test
    void ofAFileWithoutHeaderAndOfAnEmptyOneNothingIsRead() throws Exception {
        tear(0, new byte[PAGE]);
        assertThat(salvage().total()).isZero();
        Files.delete(fresh());
        Files.write(damaged(), new byte[0]);
        assertThat(salvage().total()).isZero();
        assertThat(ids()).isEmpty();
    }

    @Test
    void whatStandsInTheWriteAheadLogAloneIsReadAndTheDamagedFileStaysAsItWas() throws Exception {
        Path open = folder.resolve("open.db");
        try (Database database = Database.open(open, SCHEMA, 1L << 30)) {
            database.write(connection -> {
                try (Statement statement = connection.createStatement()) {
                    return statement.executeUpdate("INSERT INTO thing (id, name) VALUES (7, 'in the log')");
                }
            });
            for (String suffix : List.of("", "-wal")) {
                Files.copy(
                        folder.resolve("open.db" + suffix),
                        folder.resolve("test.db" + suffix),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        byte[] before = Files.readAllBytes(damaged());
        salvage();
        assertThat(ids()).containsExactly(7L);
        assertThat(damaged()).hasBinaryContent(before);
        assertThat(folder.resolve("test.db-wal")).isNotEmptyFile();
    }

    private Salvage.Copied salvage() throws Exception {
        return Salvage.copy(damaged(), fresh(), SCHEMA);
    }

    private void tear(int page, byte[] content) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(damaged().toFile(), "rw")) {
            file.seek((long) page * PAGE);
            file.write(content);
        }
    }

    private Set<Long> ids() throws Exception {
        Set<Long> ids = new TreeSet<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + fresh());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id FROM thing")) {
            while (rows.next()) {
                assertThat(ids.add(rows.getLong(1))).isTrue();
            }
        }
        return ids;
    }

    private int wrongNames() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + fresh());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, name FROM thing")) {
            int wrong = 0;
            while (rows.next()) {
                long id = rows.getLong(1);
                int i = (int) (id < 1L << 56 ? id : id - (1L << 56) + ROWS / 2);
                wrong += rows.getString(2).equals(name(i)) ? 0 : 1;
            }
            return wrong;
        }
    }

    private static long id(int i) {
        return i < ROWS / 2 ? i : (1L << 56) + i - ROWS / 2;
    }

    private static String name(int i) {
        return "row " + i + " " + "x".repeat(i % 150);
    }

    private Path damaged() {
        return folder.resolve("test.db");
    }

    private Path fresh() {
        return folder.resolve("fresh.db");
    }
}
