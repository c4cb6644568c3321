package dev.picket.agent.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.inference.Priority;
import dev.picket.sensors.FileLimits;
import dev.picket.sensors.FileSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that are asked upon another's answer, from the file to the rows. */
class RouterTest {
    private static final JournalConfig CONFIG =
            ConfigLoader.defaults(JournalConfig.class).withMaxBytes(64 << 20);
    private static final PipelineLimits LIMITS =
            new PipelineLimits(2, 32, 16, Duration.ofMillis(5), 3, Duration.ofMillis(2), Duration.ofSeconds(10));
    private static final List<String> TASKS = List.of("triage", "fraud", "severity");
    /** fraud upon triage's spam, severity upon fraud's. */
    private static final Map<String, Condition> SPAM = Map.of(
            "fraud", new Condition("triage", Set.of("spam")), "severity", new Condition("fraud", Set.of("spam")));

    @TempDir
    Path folder;

    private final FakeJudge judge = new FakeJudge("triage", "fraud", "severity");

    @Test
    void aTaskIsAskedOnlyUponTheAnswerThatItWaitsFor() throws Exception {
        String spam = text("spam", "");
        String ham = text("ham", "");
        try (Journal journal = read(spam + "\n" + ham + "\n", SPAM)) {
            assertThat(rows(journal))
                    .containsExactlyInAnyOrder("triage " + spam, "fraud " + spam, "severity " + spam, "triage " + ham);
        }
    }

    @Test
    void aRouterThatIsNotSureHidesNothing() throws Exception {
        String unsure = text("ham", "odd ");
        try (Journal journal = read(unsure + "\nfails\n", SPAM)) {
            assertThat(rows(journal))
                    .contains("triage " + unsure, "fraud " + unsure, "severity " + unsure)
                    .contains("triage fails", "fraud fails", "severity fails");
            assertThat(journal.depth().unsent()).containsEntry(Priority.ESCALATION, 6L);
        }
    }

    @Test
    void anEmptyTextIsDroppedUnderEachTask() throws Exception {
        try (Journal journal = read(" \n", SPAM)) {
            assertThat(journal.depth().dropsByReason()).containsExactly(Map.entry("empty", 3L));
        }
    }

    @Test
    void whatIsNotAskedIsCountedAndTheSourceGoesOn() throws Exception {
        String ham = text("ham", "");
        Files.writeString(folder.resolve("app.log"), (ham + "\n").repeat(5));
        try (Journal journal = open();
                Pipeline pipeline = start(journal, SPAM)) {
            Until.holds("all is read", () -> pipeline.metrics().readings() == 5);
            assertThat(pipeline.metrics().notAsked())
                    .containsExactlyInAnyOrderEntriesOf(Map.of("fraud", 5L, "severity", 5L));
            assertThat(pipeline.metrics().verdicts()).isEqualTo(5);
            assertThat(journal.position("line1")).isPresent();
            assertThat(pipeline.troubles()).isEmpty();
        }
    }

    @Test
    void aLabelThatTheTaskNeverAnswersIsToldAndHoldsNothingUp() throws Exception {
        Map<String, Condition> misspelt = Map.of("fraud", new Condition("triage", Set.of("spam", "smam")));
        Files.writeString(folder.resolve("app.log"), "one\n");
        try (Journal journal = open();
                Pipeline pipeline = start(journal, misspelt)) {
            Until.holds("all is read", () -> pipeline.metrics().readings() == 1);
            assertThat(pipeline.troubles())
                    .containsExactly("Source 'line1' asks fraud upon smam of triage, which never answers that;"
                            + " its labels are ham, spam.");
            assertThat(pipeline.waits()).isEmpty();
        }
    }

    private Journal read(String text, Map<String, Condition> conditions) throws Exception {
        Files.writeString(folder.resolve("app.log"), text);
        long lines = text.lines().count();
        Journal journal = open();
        try (Pipeline pipeline = start(journal, conditions)) {
            Until.holds("all is read", () -> pipeline.metrics().readings() == lines);
        }
        return journal;
    }

    private static List<String> rows(Journal journal) throws Exception {
        List<String> rows = new ArrayList<>();
        journal.latest(100)
                .forEach(row ->
                        rows.add(row.verdict().task() + " " + row.verdict().text()));
        return rows;
    }

    /** A text that the judge gives this label. */
    private static String text(String label, String start) {
        int i = 0;
        while (!FakeJudge.label(start + i).equals(label)) {
            i++;
        }
        return start + i;
    }

    private Journal open() throws Exception {
        return Journal.open(folder.resolve("journal.db"), CONFIG, Clock.systemUTC());
    }

    private Pipeline start(Journal journal, Map<String, Condition> conditions) throws Exception {
        FileSource source = new FileSource(
                "line1",
                folder.resolve("app.log"),
                journal.position("line1"),
                new FileLimits(8192, Duration.ofMillis(1), 3, 100),
                Clock.systemUTC());
        Pipeline pipeline = new Pipeline(
                List.of(new Route(source, TASKS, conditions)),
                judge,
                journal,
                new LiveVerdicts(),
                LIMITS,
                Clock.systemUTC());
        pipeline.start();
        return pipeline;
    }
}
