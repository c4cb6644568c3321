package dev.picket.agent.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.Seed;
import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.PendingVerdict;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process, killed; then started again, and in the end each line has one verdict. */
class KillTest {
    private static final int LINES_A_LIFE = 250;
    private static final int SOME_KILLS = 8;
    private static final int MANY_KILLS = 20;
    private static final int MAX_LIFE_MILLIS = 600;
    private static final JournalConfig CONFIG = ConfigLoader.defaults(JournalConfig.class);

    @TempDir
    Path folder;

    @Test
    void killedAtRandomMomentsItKeepsOneVerdictForEachLineThroughRotations() throws Exception {
        killedAtRandomMoments(SOME_KILLS);
    }

    @Test
    @Tag("long")
    void soItDoesKilledMoreOften() throws Exception {
        killedAtRandomMoments(MANY_KILLS);
    }

    private void killedAtRandomMoments(int kills) throws Exception {
        long seed = Seed.ofThisRun();
        Random random = new Random(seed);
        int lines = kills * LINES_A_LIFE;
        for (int kill = 0; kill < kills; kill++) {
            append(kill * LINES_A_LIFE, LINES_A_LIFE / 2);
            Process process = start("1500", "");
            append(kill * LINES_A_LIFE + LINES_A_LIFE / 2, LINES_A_LIFE / 2);
            if (process.waitFor(random.nextInt(MAX_LIFE_MILLIS), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("it ended by itself");
            }
            process.destroyForcibly().waitFor();
            if (kill % 3 == 2) {
                rotate(kill);
            }
        }
        finish(lines);
        List<PendingVerdict> rows = rows();
        assertThat(rows).as("seed %d", seed).hasSize(lines);
        assertThat(rows.stream().map(row -> row.verdict().text()).distinct()).hasSize(lines);
        assertThat(rows)
                .filteredOn(row -> row.verdict().label() != null)
                .hasSizeGreaterThan(lines - kills)
                .allMatch(row -> FakeJudge.label(String.valueOf(row.verdict().text()))
                        .equals(row.verdict().label()));
        assertDense(rows);
    }

    @Test
    void theFirstReadingFailsAtTheThirdStartWhenItKillsTheProcess() throws Exception {
        append(0, 5);
        assertThat(deaths("line 0")).isEqualTo(2);
        assertThat(rows())
                .extracting(row ->
                        row.verdict().text() + " " + row.verdict().decision().wireName())
                .contains("line 0 FAILED(crash)", "line 4 ACCEPT")
                .hasSize(5);
    }

    @Test
    void aReadingAmongOthersFailsAtItsThirdTimeAtTheMark() throws Exception {
        append(0, 100);
        assertThat(deaths("line 50")).isEqualTo(3);
        assertThat(rows())
                .filteredOn(row -> row.verdict().label() == null)
                .extracting(row ->
                        row.verdict().text() + " " + row.verdict().decision().wireName())
                .containsExactly("line 50 FAILED(crash)");
        assertThat(rows()).hasSize(100);
    }

    /** Starts it again until it stays alive and has read all; answers how often it died. */
    private int deaths(String deadly) throws Exception {
        long lines = Files.readAllLines(log()).size();
        for (int deaths = 0; deaths < 10; deaths++) {
            Process process = start("0", deadly);
            Until.holds("it died or has read all", () -> !process.isAlive() || count() == lines);
            if (process.isAlive()) {
                end(process);
                return deaths;
            }
            assertThat(process.waitFor()).isEqualTo(99);
        }
        throw new AssertionError("it dies for ever");
    }

    private void finish(int lines) throws Exception {
        Process process = start("0", "");
        Until.holds("all is read", () -> count() == lines);
        end(process);
    }

    private Process start(String micros, String deadly) throws Exception {
        Process process = ReadProcess.launch(ReadProcess.class, journal().toString(), log().toString(), micros, deadly);
        BufferedReader out = process.inputReader();
        assertThat(out.readLine()).isEqualTo("started");
        return process;
    }

    private static void end(Process process) throws Exception {
        process.outputWriter().close();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }

    /** Beside the living process, whose file this is: reads only. */
    private long count() throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:file:" + journal() + "?mode=ro");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM verdict")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private List<PendingVerdict> rows() throws Exception {
        try (Journal journal = Journal.open(journal(), CONFIG, Clock.systemUTC())) {
            return journal.pending(2 * MANY_KILLS * LINES_A_LIFE, Map.of());
        }
    }

    private static void assertDense(List<PendingVerdict> rows) {
        rows.stream()
                .collect(Collectors.groupingBy(PendingVerdict::priority))
                .forEach((priority, of) -> assertThat(of)
                        .as("%s", priority)
                        .extracting(PendingVerdict::seq)
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(1, of.size()).boxed().toList()));
    }

    private void append(int first, int lines) throws Exception {
        String text = String.join(
                "",
                IntStream.range(first, first + lines)
                        .mapToObj("line %d\n"::formatted)
                        .toList());
        Files.writeString(log(), text, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void rotate(int number) throws Exception {
        Files.move(log(), folder.resolve("app.log-202611" + (10 + number)));
    }

    private Path journal() {
        return folder.resolve("journal.db");
    }

    private Path log() {
        return folder.resolve("app.log");
    }
}
