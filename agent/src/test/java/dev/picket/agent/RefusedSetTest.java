package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.uplink.Mosquitto;
import dev.picket.agent.uplink.Subscriber;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Each Set that must not count is refused with its reason, on the page and to the fleet, and the old one answers on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusedSetTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private ReleaseShop shop;
    private Mosquitto broker;
    private Subscriber fleet;
    private RunningAgent agent;
    private String serving;
    private String older;
    private int lines;

    @BeforeAll
    void anAgentThatServesTheSecondSet() throws Exception {
        broker = Mosquitto.start(folder);
        fleet = new Subscriber(broker.uri(), "fleet", "picket/v1/plant/press-4/report");
        shop = new ReleaseShop(folder.resolve("shop"));
        older = shop.publish("1");
        serving = shop.publish("2");
        agent = RunningAgent.start(
                folder,
                "uplink: { broker: \"" + broker.uri() + "\", report-every: 100ms }",
                RunningAgent.updates(shop.served().toUri(), shop.root()));
        agent.awaitServing(serving);
    }

    @AfterAll
    void stop() {
        agent.close();
        fleet.close();
        broker.close();
    }

    @BeforeEach
    void theRepositoryIsAsItWasSigned() throws Exception {
        shop.restore();
    }

    @Test
    void oneWhoseExamFails() throws Exception {
        String set = shop.publish("3", rows -> rows.replace("\"label\":\"ham\"", "\"label\":\"spam\""));
        refused("exam-failed", set, "desk's label");
    }

    @Test
    void oneWhoseTaskWasMadeForAnotherBase() throws Exception {
        shop.slipTaskOfAnotherBase();
        refused("base-differs", "what was offered", "Task fraud was made for the base");
    }

    @Test
    void oneOlderThanTheInstalled() throws Exception {
        shop.pointAt(older);
        refused("older", older, serving);
    }

    @Test
    void oneWithATamperedFile() throws Exception {
        String set = shop.publish("4", rows -> rows + "\n");
        shop.tamper(shop.newestExam(), rows -> rows.replaceFirst("ham", "HAM"));
        refused("tampered", set, shop.newestExam());
    }

    @Test
    void oneBehindTamperedMetadata() throws Exception {
        shop.publish("5");
        shop.tamper("timestamp.json", json -> json.replaceFirst("(?<=\"expires\"\\s{0,2}:\\s{0,2}\")20", "21"));
        refused("tampered", "what was offered", "timestamp");
    }

    @Test
    void oneThatIsUnsigned() throws Exception {
        shop.publish("6");
        shop.tamper(
                "timestamp.json", json -> json.replaceAll("(?s)\"signatures\"\\s*:\\s*\\[.*?\\]", "\"signatures\":[]"));
        refused("unsigned", "what was offered", "timestamp");
    }

    @Test
    void oneSignedByTheWrongKey() throws Exception {
        ReleaseShop thief = new ReleaseShop(folder.resolve("thief"));
        for (int i = 0; i < 30; i++) {
            // Newer than what the gateway knows, so that nothing but the key is wrong.
            thief.restore();
        }
        thief.publish("7");
        try (Stream<Path> all = Files.walk(thief.served())) {
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                Path to = shop.served().resolve(thief.served().relativize(each).toString());
                Files.createDirectories(to.getParent());
                Files.deleteIfExists(to);
                Files.copy(each, to);
            }
        }
        refused("wrong-key", "what was offered", "timestamp");
    }

    private void refused(String reason, String... parts) throws Exception {
        agent.pollNow();
        String begin = parts[0] + ": rejected(" + reason + ")";
        JsonNode status =
                agent.awaitStatus(begin, now -> now.path("update").asText().startsWith(begin));

        assertThat(status.path("update").asText()).contains(parts).doesNotContain("Exception");
        assertThat(status.path("set").asText()).isEqualTo(serving);
        assertThat(status.path("judging").asText()).isEqualTo("serving");
        assertThat(fleet.awaits(
                        f -> f.all().stream().anyMatch(got -> update(got).startsWith(begin))))
                .as("the report says so")
                .isTrue();
        lines++;
        agent.append("work order " + lines);
        agent.awaitRows(lines);
        assertThat(agent.rows().stream().map(row -> row.verdict().taskDigest()).distinct())
                .hasSize(1);
    }

    private static String update(Subscriber.Got report) {
        try {
            return JSON.readTree(new String(report.payload(), StandardCharsets.UTF_8))
                    .path("update")
                    .asText();
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
