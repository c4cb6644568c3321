package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.Seed;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.read.ReadProcess;
import dev.picket.agent.read.Until;
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
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job, killed again and again: file to journal to a real broker to a consumer that keeps ids. */
class EndToEndKillTest {
    private static final int LINES_A_LIFE = 250;
    private static final int SOME_KILLS = 8;
    private static final int MANY_KILLS = 20;
    private static final int MAX_LIFE_MILLIS = 600;

    @TempDir
    Path folder;

    @Test
    void killedAtRandomMomentsEachLineIsOneVerdictInTheJournalAndOneIdAtTheConsumer() throws Exception {
        killedAtRandomMoments(SOME_KILLS);
    }

    @Test
    @Tag("long")
    void soItIsWhenKilledMoreOften() throws Exception {
        killedAtRandomMoments(MANY_KILLS);
    }

    private void killedAtRandomMoments(int kills) throws Exception {
        int lines = kills * LINES_A_LIFE;
        long seed = Seed.ofThisRun();
        Random random = new Random(seed);
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscriber consumer = new Subscriber(broker.uri(), "consumer", "picket/v1/plant/press-4/#")) {
            for (int kill = 0; kill < kills; kill++) {
                append(kill * LINES_A_LIFE, LINES_A_LIFE);
                long births = births(consumer);
                Process process = start(broker, "1000");
                // On a slow machine no life of that length reaches the broker, so every other one is let get there.
                assertThat(kill % 2 == 1 || consumer.awaits(c -> births(c) > births))
                        .as("it gets as far as sending")
                        .isTrue();
                assertThat(process.waitFor(random.nextInt(MAX_LIFE_MILLIS), TimeUnit.MILLISECONDS))
                        .as("it lives until it is killed")
                        .isFalse();
                process.destroyForcibly().waitFor();
            }
            Process last = start(broker, "0");
            Until.holds("all is read and sent", () -> held() == lines && unsent() == 0);
            last.outputWriter().close();
            assertThat(last.waitFor(30, TimeUnit.SECONDS)).isTrue();

            assertThat(consumer.awaits(c -> c.ids().size() >= lines)).isTrue();
            List<PendingVerdict> rows = rows();
            assertThat(rows).as("seed %d", seed).hasSize(lines);
            assertThat(rows.stream().map(row -> row.verdict().text()).distinct())
                    .hasSize(lines);
            assertThat(consumer.ids())
                    .as("seed %d", seed)
                    .isEqualTo(rows.stream().map(PendingVerdict::id).collect(Collectors.toCollection(TreeSet::new)));
            assertDense(rows);
            assertThat(births(consumer))
                    .as("many of the killed ones had got as far as sending")
                    .isGreaterThan(kills / 2);
        }
    }

    private static long births(Subscriber consumer) {
        return consumer.all().stream()
                .filter(got -> got.text().contains("\"online\":true"))
                .count();
    }

    private static void assertDense(List<PendingVerdict> rows) {
        rows.stream()
                .collect(Collectors.groupingBy(PendingVerdict::priority))
                .forEach((priority, of) -> assertThat(
                                of.stream().map(PendingVerdict::seq).sorted())
                        .as("seq of %s", priority)
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(1, of.size()).boxed().toList()));
    }

    private Process start(Mosquitto broker, String micros) throws Exception {
        Process process = ReadProcess.launch(
                SendProcess.class,
                journal().toString(),
                log().toString(),
                micros,
                "",
                broker.uri().toString());
        assertThat(process.inputReader().readLine()).isEqualTo("started");
        return process;
    }

    private List<PendingVerdict> rows() throws Exception {
        try (Journal journal = Journal.open(journal(), Configs.JOURNAL, Clock.systemUTC())) {
            return journal.latest(2 * MANY_KILLS * LINES_A_LIFE);
        }
    }

    private long held() throws Exception {
        return number("SELECT count(*) FROM verdict");
    }

    private long unsent() throws Exception {
        return number("SELECT sum(unsent) FROM line");
    }

    /** Beside the living process, whose file this is: reads only. */
    private long number(String query) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:file:" + journal() + "?mode=ro");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void append(int first, int lines) throws Exception {
        String text = String.join(
                "",
                IntStream.range(first, first + lines)
                        .mapToObj("line %d\n"::formatted)
                        .toList());
        Files.writeString(log(), text, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private Path journal() {
        return folder.resolve("journal.db");
    }

    private Path log() {
        return folder.resolve("app.log");
    }
}
