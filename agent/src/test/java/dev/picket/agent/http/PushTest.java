package dev.picket.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.RunningAgent;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushing readings as another program on the gateway does; no Set serves, so all of them wait. */
class PushTest {
    @TempDir
    Path folder;

    private RunningAgent agent;

    @BeforeEach
    void start() throws Exception {
        Path file = RunningAgent.configure(folder);
        String sources = "sources:\n  - { name: mes, kind: http, tasks: [fraud], inbox: { waiting: 3 } }\n";
        Files.writeString(file, Files.readString(file).replace("sources:\n", sources));
        agent = RunningAgent.over(folder);
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    @Test
    void aTextIsOnDiskWhenItsSenderHearsThatItWasTaken() throws Exception {
        HttpResponse<String> answer = push("mes", "text/plain", "pump 3 stopped", "Idempotency-Key", "k1");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        assertThat(answer.body()).contains("\"accepted\":1").contains("\"duplicates\":0");
        assertThat(agent.agent().journal().inbox().next("mes", 0, 10))
                .extracting(row -> row.readingId() + " " + row.reading().text())
                .containsExactly("k1 pump 3 stopped");
        assertThat(push("mes", "text/plain", "pump 3 stopped", "Idempotency-Key", "k1")
                        .body())
                .contains("\"duplicates\":1");
    }

    @Test
    void aFullInboxSaysWhenToComeAgain() throws Exception {
        String three = "[{\"text\":\"a\"},{\"text\":\"b\"},{\"text\":\"c\"}]";
        assertThat(push("mes", "application/json", three).statusCode()).isEqualTo(202);
        assertThat(push("mes", "application/json", three.replace("]", ",{\"text\":\"d\"}]"))
                        .statusCode())
                .as("more than it ever takes")
                .isEqualTo(413);
        HttpResponse<String> answer = push("mes", "application/json", "{\"text\":\"d\"}");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("5");
        assertThat(answer.body()).contains("holds 3 readings");
    }

    @Test
    void whatCannotBeTakenIsRefusedWithOneSentence() throws Exception {
        for (List<String> each : List.of(
                List.of("nowhere", "text/plain", "404", "no source of kind http is named 'nowhere'; there are [mes]"),
                List.of("line1", "text/plain", "404", "no source of kind http is named 'line1'"),
                List.of("mes", "application/xml", "415", "the content type 'application/xml' is not known"))) {
            HttpResponse<String> answer = push(each.get(0), each.get(1), "x");
            assertThat(answer.statusCode()).isEqualTo(Integer.parseInt(each.get(2)));
            assertThat(answer.body()).contains(each.get(3)).endsWith(".\n");
        }
        HttpRequest.Builder withoutToken = HttpRequest.newBuilder(agent.page().resolve("/api/sources/mes/readings"))
                .POST(BodyPublishers.ofString("x"));
        assertThat(agent.send(withoutToken).statusCode()).isEqualTo(403);
        assertThat(push("mes", "text/plain", "x".repeat(100_000)).statusCode()).isEqualTo(413);
        assertThat(agent.agent().journal().inbox().next("mes", 0, 10)).isEmpty();
    }

    private HttpResponse<String> push(String source, String type, String body, String... header) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        agent.page().resolve("/api/sources/" + source + "/readings"))
                .header(
                        "Authorization",
                        "Bearer " + Files.readString(agent.runtime().resolve("token")))
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body));
        return agent.send(header.length == 0 ? request : request.header(header[0], header[1]));
    }
}
