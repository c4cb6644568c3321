package dev.picket.agent.support;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.ReleaseShop;
import dev.picket.agent.RunningAgent;
import dev.picket.agent.config.ConfigLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class SupportBundleTest {
    private static final String SECRET = "s3cr3t-of-the-broker";
    private static final String TEXT = "Dear Mrs Grünwald, your account DE89370400440532013000 is blocked";

    @TempDir
    Path folder;

    @Test
    void aBundleOfAWorkingAgentTellsMuchAndNeitherSecretsNorTexts() throws Exception {
        ReleaseShop shop = new ReleaseShop(folder.resolve("shop"));
        shop.publish("1");
        Path password = Files.writeString(folder.resolve("broker-password"), SECRET + "\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        String uplink =
                "uplink: { broker: \"mqtt://127.0.0.1:1\", username: gateway, password-file: \"" + password + "\" }";
        try (RunningAgent agent = RunningAgent.start(
                folder, uplink, RunningAgent.updates(shop.served().toUri(), shop.root()))) {
            agent.append(TEXT);
            agent.awaitRows(1);
            LoggerFactory.getLogger("dev.picket.test").info("A line of the log");
            ObjectNode bundle = agent.agent().bundle().collect(16 << 20);
            String json = bundle.toString();
            assertThat(json).doesNotContain(SECRET, "Grünwald", "DE8937", "is blocked");
            assertThat(agent.rows().getFirst().verdict().toString()).contains("Grünwald");
            assertThat(bundle.path("configuration")
                            .path("uplink")
                            .path("password-file")
                            .asText())
                    .isEqualTo(password.toString());
            assertThat(bundle.path("status").path("set").asText()).isEqualTo("factory/1");
            assertThat(bundle.path("report").path("judging").asText()).isEqualTo("serving");
            assertThat(bundle.path("update").path("active").asText()).isEqualTo("factory/1");
            assertThat(bundle.path("files").findValuesAsText("name")).contains("journal.db", "state.db", "lock");
            assertThat(bundle.path("threads").findValuesAsText("name")).contains("picket-updates");
            assertThat(bundle.path("disk").path("usableBytes").asLong()).isPositive();
            assertThat(bundle.path("cut")).isEmpty();
            assertThat(agent.agent().bundle().collect(20_000).toString().getBytes(StandardCharsets.UTF_8))
                    .hasSizeLessThanOrEqualTo(20_000);
        }
    }

    @Test
    void whatIsTooLongIsCutAtItsOldestAndSaid() {
        ArrayNode log = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < 1_000; i++) {
            log.add("line " + i);
        }
        ObjectNode bundle = new SupportBundle()
                .with("versions", () -> JsonNodeFactory.instance.objectNode().put("agent", "1"))
                .with("log", log::deepCopy)
                .collect(2_000);
        assertThat(bundle.toString().length()).isLessThanOrEqualTo(2_000);
        assertThat(bundle.path("versions").path("agent").asText()).isEqualTo("1");
        JsonNode left = bundle.path("log");
        assertThat(left.get(left.size() - 1).asText()).isEqualTo("line 999");
        assertThat(bundle.path("cut").path("log").path("of").asInt()).isEqualTo(1_000);
        assertThat(bundle.path("cut").path("log").path("left").asInt()).isEqualTo(left.size());
    }

    @Test
    void aBrokenPartBreaksItsOwnSectionAlone() {
        ObjectNode bundle = new SupportBundle()
                .with("broken", () -> {
                    throw new IllegalStateException("no");
                })
                .with("whole", () -> JsonNodeFactory.instance.textNode("yes"))
                .collect(10_000);
        assertThat(bundle.path("broken").path("error").asText()).contains("no");
        assertThat(bundle.path("whole").asText()).isEqualTo("yes");
    }

    @Test
    void theConfigurationIsShownWithoutWhatItsUrisHide() throws Exception {
        Path file = RunningAgent.configure(
                folder,
                "updates: { repository: \"https://releases.example/tree?signature=" + SECRET + "\" }",
                "uplink: { broker: \"mqtts://gateway:" + SECRET + "@broker.example:8883\" }");
        ObjectNode view = ConfigView.of(ConfigLoader.load(file, Map.of()));
        assertThat(view.toString()).doesNotContain(SECRET);
        assertThat(view.path("updates").path("repository").asText())
                .isEqualTo("https://releases.example/tree?(hidden)");
        assertThat(view.path("uplink").path("window").asInt()).isEqualTo(100);
        assertThat(view.path("sources").get(0).path("leave").asText()).isEqualTo("none");
    }

    @Test
    void theLastLinesOfTheLogAreKeptAndNoMore() {
        RecentLog log = RecentLog.installed();
        for (int i = 0; i < 600; i++) {
            LoggerFactory.getLogger("dev.picket.test").info("line {}", i);
        }
        assertThat(log.lines()).hasSizeLessThanOrEqualTo(500);
        assertThat(log.lines().getLast()).endsWith("dev.picket.test: line 599");
    }
}
