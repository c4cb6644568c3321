package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.ReleaseShop;
import dev.picket.agent.RunningAgent;
import dev.picket.agent.read.Until;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code picket classify --config}: the running agent answers, and nothing stays of it. */
class AskTheAgentTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void theRunningAgentAnswersLinesAndJournalsNoneOfThem() throws Exception {
        ReleaseShop shop = new ReleaseShop(folder.resolve("shop"));
        shop.publish("1.0.0");
        try (RunningAgent agent =
                RunningAgent.start(folder, RunningAgent.updates(shop.served().toUri(), shop.root()))) {
            String config = agent.config().toString();
            Until.holds("a Set serves", () -> agent.agent().serving().label().isPresent());
            Shell.Ended asked = Shell.feed(
                    "Lunch is at noon in the canteen\n\n", "classify", "--task", "fraud", "--json", "--config", config);
            assertThat(asked.code()).as(asked.err()).isZero();
            JsonNode answer = JSON.readTree(asked.lines().getFirst());
            assertThat(answer.path("label").asText()).isEqualTo("ham");
            assertThat(answer.path("task").asText())
                    .isEqualTo(agent.agent().serving().taskDigests().get("fraud"));
            assertThat(answer.fieldNames())
                    .toIterable()
                    .containsExactly(
                            "label",
                            "confidence",
                            "decision",
                            "probabilities",
                            "base",
                            "task",
                            "stage",
                            "cached",
                            "cut");
            assertThat(asked.lines().get(1)).contains("FAILED(empty)");
            Shell.feed("text\n", "classify", "--task", "no-such", "--config", config)
                    .saysOneSentence(69, "503", "has no such task");

            JsonNode status = JSON.readTree(
                    Shell.run("status", "--json", "--config", config).out());
            assertThat(status.at("/read/schedule/origin").asText()).isIn("measured", "rule");
            assertThat(status.at("/read/schedule/runs").asInt()).isPositive();
            assertThat(status.at("/read/sources/0/name").asText()).isEqualTo("line1");
            assertThat(status.at("/figures/verdicts").asLong()).isZero();
            assertThat(agent.agent().journal().latest(10)).isEmpty();
            whatCannotBeAskedIsRefusedWithOneSentence(agent);
        }
    }

    private static void whatCannotBeAskedIsRefusedWithOneSentence(RunningAgent agent) throws Exception {
        String path = "/api/classify?task=fraud";
        refused(post(agent, path, new byte[0]), 400, "the request has no text; send one as the body, in UTF-8.\n");
        refused(post(agent, path, " \n".getBytes(StandardCharsets.UTF_8)), 400, "the request has no text;");
        refused(post(agent, path, new byte[] {'a', (byte) 0xff}), 400, "the body is no UTF-8;");
        refused(post(agent, "/api/classify", new byte[] {'a'}), 400, "the request names no task;");
        refused(post(agent, path, new byte[70_000]), 413, "65536");
        refused(post(agent, path, new byte[11 << 20]), 413, "");
        refused(post(agent, "/api/nowhere", new byte[] {'a'}), 404, "");
        refused(agent.get("/api/verdicts?max=many"), 400, "");
    }

    /** As all refusals are: plain text, one line. */
    private static void refused(HttpResponse<String> answer, int status, String sentence) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
        assertThat(answer.body())
                .contains(sentence)
                .endsWith(".\n")
                .hasLineCount(1)
                .doesNotStartWith("{");
    }

    private static HttpResponse<String> post(RunningAgent agent, String path, byte[] text) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(agent.page().resolve(path))
                .header(
                        "Authorization",
                        "Bearer " + Files.readString(agent.runtime().resolve("token")))
                .POST(HttpRequest.BodyPublishers.ofByteArray(text))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }
}
