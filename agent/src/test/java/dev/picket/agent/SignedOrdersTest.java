package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.console.Orders;
import dev.picket.agent.console.Target;
import dev.picket.agent.overlay.Stored;
import dev.picket.agent.read.Until;
import dev.picket.agent.uplink.Mosquitto;
import dev.picket.agent.uplink.Subscriber;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.CommandJwk;
import dev.picket.ota.release.CommandJwks;
import dev.picket.ota.repository.KeyFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signed commands that make the agent start again: a reply at once, and one that ends the job after the restart. */
class SignedOrdersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIFE = Duration.ofHours(1);

    @TempDir
    Path folder;

    private final Orders orders = new Orders(new Target("plant", "press-4"), Clock.systemUTC());
    private KeyFile key;
    /** A repository that is away: the keys that were kept stay in force. */
    private String updates = "";

    private Mosquitto broker;
    private Subscriber console;

    @BeforeEach
    void aBrokerAndAConsoleWhoseKeyIsInForce() throws Exception {
        broker = Mosquitto.start(folder);
        console = new Subscriber(broker.uri(), "console", "picket/v1/console/reply/#");
        key = KeyFile.create(folder.resolve("key.json"), "desk", "secret".toCharArray(), 10);
        CommandJwk published = new CommandJwk(
                "desk", key.key().publicHex(), List.of("configure", "restart", "diagnose"), List.of("plant"));
        Path kept = Files.createDirectories(folder.resolve("data/updates"));
        Files.write(
                kept.resolve("command-keys.json"), StrictJson.pretty(new CommandJwks(List.of(published), 0).toJson()));
        Path root = Files.writeString(folder.resolve("root.json"), "{}");
        updates = "updates: { repository: \"" + folder.resolve("away").toUri() + "\", root: \"" + root + "\" }";
    }

    @AfterEach
    void stop() {
        console.close();
        broker.close();
    }

    @Test
    void aChangeIsAnsweredTwiceAcrossItsRestart() throws Exception {
        try (LoopedAgent agents = LoopedAgent.start(folder, uplink())) {
            connected(agents.next());
            send("configure", "{\"uplink\":{\"window\":9}}", "c1");
            assertThat(reply("c1", 0).properties()).containsEntry("status", "202");
            AgentContext second = agents.next();
            Subscriber.Got end = reply("c1", 1);
            assertThat(end.properties()).as(end.text()).containsEntry("status", "200");
            JsonNode body = JSON.readTree(end.text());
            assertThat(body.path("configuration").asText()).isEqualTo("kept");
            assertThat(second.agent().host().overlays().config().uplink().window())
                    .isEqualTo(9);

            send("configure", "{\"uplink\":{\"broker\":\"mqtt://elsewhere:1\"}}", "c2");
            assertThat(reply("c2", 0).properties()).containsEntry("status", "403");
            send("configure", "{\"uplink\":{\"widnow\":1}}", "c3");
            assertThat(reply("c3", 0).text()).contains("did you mean 'uplink.window'?");
            assertThat(second.agent().host().overlays().stored().phase()).isEqualTo(Stored.Phase.KEPT);
        }
    }

    @Test
    void aRestartIsDoneAfterIt() throws Exception {
        try (LoopedAgent agents = LoopedAgent.start(folder, uplink())) {
            AgentContext first = connected(agents.next());
            send("restart", "{}", "c1");
            assertThat(agents.next()).isNotSameAs(first);
            assertThat(reply("c1", 1).properties()).containsEntry("status", "200");
            assertThat(reply("c1", 1).text()).contains("restarted");
            assertThat(agents.idle()).isTrue();
        }
    }

    @Test
    void withoutATrustedRootNoSignedCommandIsTaken() throws Exception {
        Files.delete(folder.resolve("root.json"));
        try (LoopedAgent agents = LoopedAgent.start(folder, uplink())) {
            connected(agents.next());
            send("restart", "{}", "c1");
            Subscriber.Got refused = reply("c1", 0);
            assertThat(refused.properties()).containsEntry("status", "503");
            assertThat(refused.text()).contains("updates.root").contains("root.json");
        }
    }

    @Test
    void aBundleFitsWhatTheGatewayAllows() throws Exception {
        try (LoopedAgent agents = LoopedAgent.start(folder, uplink(), "diagnose: { max-bytes: 30000 }")) {
            connected(agents.next());
            send("diagnose", "{}", "c1");
            Subscriber.Got reply = reply("c1", 0);
            assertThat(reply.properties()).containsEntry("status", "200");
            assertThat(reply.text().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(30_000);
            assertThat(JSON.readTree(reply.text())
                            .path("versions")
                            .path("agent")
                            .asText())
                    .isNotEmpty();
        }
    }

    /** Before its first connection the broker keeps no commands for it. */
    private static AgentContext connected(AgentContext agent) throws Exception {
        Until.holds("it is connected", () -> agent.agent().connected());
        return agent;
    }

    private String uplink() {
        return "uplink: { broker: \"" + broker.uri() + "\", retry-first: 50ms, retry-most: 200ms }\n" + updates;
    }

    private void send(String verb, String params, String name) throws Exception {
        byte[] payload =
                orders.of(verb, (ObjectNode) JSON.readTree(params), key, LIFE).payload();
        MqttProperties properties = new MqttProperties();
        properties.setResponseTopic("picket/v1/console/reply/desk-1");
        properties.setCorrelationData(name.getBytes(StandardCharsets.UTF_8));
        properties.setMessageExpiryInterval(LIFE.toSeconds());
        console.publish("picket/v1/plant/press-4/command/" + verb, payload, false, properties);
    }

    /** The reply of that number to a command, told apart by status, since one may come twice. */
    private Subscriber.Got reply(String name, int number) throws Exception {
        assertThat(console.awaits(_ -> replies(name).size() > number))
                .as("reply " + number + " to " + name + " among " + replies(name))
                .isTrue();
        return replies(name).get(number);
    }

    private List<Subscriber.Got> replies(String name) {
        Set<String> seen = new HashSet<>();
        return console.all().stream()
                .filter(got -> new String(got.raw().getCorrelationData(), StandardCharsets.UTF_8).equals(name))
                .filter(got -> seen.add(String.valueOf(got.properties().get("status"))))
                .toList();
    }
}
