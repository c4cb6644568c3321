package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.RunningAgent;
import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.journal.Copies;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.Outcome;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.journal.Verdicts;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code picket tail | export}, through the agent and without one. */
class ExportCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORMULA = "=HYPERLINK(\"http://evil.example\"), \"now\"\nsecond line";

    @TempDir
    Path folder;

    @Test
    void rowsComeThroughTheAgentPageByPageWithTheirTexts() throws Exception {
        try (RunningAgent agent = RunningAgent.start(folder)) {
            fill(agent.agent().journal());
            Shell.Ended all = run("export");
            assertThat(all.code()).as(all.err()).isZero();
            assertThat(all.lines()).hasSize(1_202);
            JsonNode first = JSON.readTree(all.lines().getFirst());
            assertThat(first.path("priority").asText()).isEqualTo("escalation");
            assertThat(first.path("text").asText()).isEqualTo(FORMULA);
            assertThat(all.lines().stream().map(ExportCommandTest::id)).doesNotHaveDuplicates();

            assertThat(run("export", "--source", "line2").lines()).hasSize(1);
            assertThat(run("export", "--decision", "escalate").lines()).hasSize(1);
            assertThat(run("export", "--to", "2020-01-01T00:00:00Z").lines()).isEmpty();
            assertThat(run("export", "--since", "3650d").lines()).hasSize(1_202);
            run("export", "--from", "yesterday").saysOneSentence(64, "--from", "2026-11-21T08:00:00Z");

            Shell.Ended tail = run("tail", "-n", "3", "--json");
            assertThat(tail.lines()).hasSize(3);
            assertThat(run("tail", "-n", "5", "--source", "line2").out())
                    .contains("line2/")
                    .hasLineCount(1);
        }
    }

    @Test
    void tailFollowsWhatComesAndTellsNothingTwice() throws Exception {
        try (RunningAgent agent = RunningAgent.start(folder)) {
            Journal journal = agent.agent().journal();
            journal.append(List.of(Verdicts.routine("r1"), Verdicts.routine("r2")), Map.of());
            Thread later = Thread.startVirtualThread(() -> {
                try {
                    journal.append(List.of(Verdicts.routine("r3"), alarm("r4")), Map.of());
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            Shell.Ended ended = run("tail", "-n", "2", "-f", "--for", "2s", "--json");
            later.join();
            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(ended.lines().stream().map(ExportCommandTest::id))
                    .doesNotHaveDuplicates()
                    .anyMatch(id -> id.endsWith("alarm-1"))
                    .anyMatch(id -> id.endsWith("routine-3"));
        }
    }

    @Test
    void rowsNeedTheToken() throws Exception {
        try (RunningAgent agent = RunningAgent.start(folder)) {
            agent.agent().journal().append(List.of(Verdicts.routine("r1")), Map.of());
            assertThat(agent.get("/api/rows/latest").statusCode()).isEqualTo(403);
            assertThat(agent.get("/api/rows?through=routine:1").statusCode()).isEqualTo(403);
            HttpRequest.Builder request = HttpRequest.newBuilder(agent.page().resolve("/api/rows?through=nonsense"))
                    .header(
                            "Authorization",
                            "Bearer " + Files.readString(agent.runtime().resolve("token")));
            var answer = agent.send(request);
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("'nonsense' is no place in the journal");
        }
    }

    @Test
    void withoutAnAgentTheJournalIsReadAndAnUncleanStopStaysOne() throws Exception {
        Path file = RunningAgent.configure(folder);
        run("export").saysOneSentence(69, "no journal", "journal.db");
        Path data = Files.createDirectory(folder.resolve("data"));
        Path killed = Files.createDirectory(folder.resolve("killed"));
        try (Journal journal = open(killed)) {
            fill(journal);
            Copies.of(killed.resolve("journal.db"), data.resolve("journal.db"));
        }
        Path out = folder.resolve("rows.csv");
        Shell.Ended ended = run("export", "--format", "csv", "--out", out.toString());
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
                .isEqualTo("rw-------");
        String csv = Files.readString(out);
        assertThat(csv).startsWith("id,at,writtenAt,source,").contains("\r\n");
        assertThat(csv)
                .contains("\"'=HYPERLINK(\"\"http://evil.example\"\"), \"\"now\"\"\nsecond line\"\r\n")
                .contains("\"{\"\"ham\"\":");
        try (Journal journal = open(data)) {
            assertThat(journal.stoppedCleanly()).isFalse();
        }
        assertThat(file).exists();
    }

    @Test
    void anAddressThatAKilledAgentLeftBehindIsNoAgent() throws Exception {
        RunningAgent.configure(folder);
        Path data = Files.createDirectories(folder.resolve("data"));
        try (Journal journal = open(data)) {
            journal.append(List.of(Verdicts.routine("r1")), Map.of());
        }
        Path runtime = Files.createDirectories(folder.resolve("run"));
        Files.writeString(runtime.resolve("address"), "http://127.0.0.1:1/");
        Files.writeString(runtime.resolve("token"), "0".repeat(64));
        Shell.Ended ended = run("export");
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.lines()).hasSize(1);
    }

    @Test
    void whileAnAgentHoldsTheLockTheJournalIsLeftAlone() throws Exception {
        try (RunningAgent agent = RunningAgent.start(folder)) {
            Files.delete(agent.runtime().resolve("address"));
            run("export").saysOneSentence(69, "another agent runs");
        }
    }

    private static void fill(Journal journal) throws Exception {
        List<Outcome> rows = new ArrayList<>();
        for (int i = 0; i < 1_200; i++) {
            rows.add(Verdicts.routine("r" + i));
        }
        rows.add(withText("line1", "e1", Priority.ESCALATION, new Decision.Escalate(), FORMULA));
        rows.add(alarm("a1"));
        journal.append(rows, Map.of());
    }

    private static Verdict alarm(String id) {
        return withText("line2", id, Priority.ALARM, new Decision.Accept(), "an alarm");
    }

    private static Verdict withText(String source, String id, Priority priority, Decision decision, String text) {
        return new Verdict(
                source,
                id,
                Instant.now(),
                text,
                false,
                "fraud",
                "b",
                "t",
                List.of("ham", "smishing"),
                List.of(0.4f, 0.6f),
                "smishing",
                0.6f,
                priority,
                decision,
                1_000_000);
    }

    private static String id(String line) {
        try {
            return JSON.readTree(line).path("id").asText();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Journal open(Path data) throws Exception {
        return Journal.open(data.resolve("journal.db"), ConfigLoader.defaults(JournalConfig.class), Clock.systemUTC());
    }

    private Shell.Ended run(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(1, List.of("--config", folder.resolve("picket.yml").toString()));
        return Shell.run(all.toArray(String[]::new));
    }
}
