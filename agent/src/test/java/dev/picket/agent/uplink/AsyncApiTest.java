package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.picket.agent.journal.Verdicts;
import dev.picket.inference.Priority;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds what goes over a real broker against docs/asyncapi.yaml: its topics, and the names in its messages. */
class AsyncApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path DOCUMENT = Path.of(System.getProperty("picket.root"), "docs", "asyncapi.yaml");

    @TempDir
    Path folder;

    @Test
    void realTrafficIsAsTheDocumentSays() throws Exception {
        JsonNode document = new ObjectMapper(new YAMLFactory()).readTree(DOCUMENT.toFile());
        JsonNode messages = document.path("components").path("messages");
        JsonNode schemas = document.path("components").path("schemas");
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscriber all = new Subscriber(broker.uri(), "console", "picket/v1/#")) {
            try (Agent agent = new Agent(folder, Configs.uplink(broker.uri()))) {
                agent.journal.append(
                        List.of(Verdicts.routine("r1"), Verdicts.of("line1", "r2", "fraud", Priority.ESCALATION)),
                        Map.of());
                agent.start().awaitUp();
                MqttProperties request = new MqttProperties();
                request.setResponseTopic("picket/v1/console/reply/desk");
                request.setCorrelationData(new byte[] {1});
                request.setMessageExpiryInterval(60L);
                all.publish("picket/v1/plant/press-4/command/status", new byte[0], false, request);
                assertThat(all.awaits(s -> s.ids().size() == 2
                                && s.all().stream().anyMatch(g -> g.topic().contains("/reply/"))))
                        .isTrue();
            }
            assertThat(all.awaits(s -> s.all().stream().anyMatch(g -> g.text().contains("\"reason\""))))
                    .isTrue();

            Set<String> seen = new TreeSet<>();
            for (Subscriber.Got got : all.all()) {
                String channel = channel(document.path("channels"), got.topic());
                seen.add(channel);
                switch (channel) {
                    case "verdict", "escalation" -> {
                        assertNames(schemas.path("attributes"), names(got.properties()));
                        assertNames(schemas.path("verdict"), names(json(got)));
                    }
                    case "status" ->
                        assertNames(
                                messages.path(json(got).path("online").asBoolean() ? "birth" : "gone")
                                        .path("payload"),
                                names(json(got)));
                    case "report" -> assertNames(messages.path("report").path("payload"), names(json(got)));
                    case "reply" -> assertNames(messages.path("reply").path("headers"), names(got.properties()));
                    default -> assertThat(channel).isEqualTo("command");
                }
            }
            assertThat(seen).containsExactly("command", "escalation", "reply", "report", "status", "verdict");
        }
    }

    private static String channel(JsonNode channels, String topic) {
        for (Map.Entry<String, JsonNode> channel : channels.properties()) {
            String pattern = channel.getValue().path("address").asText().replaceAll("\\{\\w+}", "[^/]+");
            if (topic.matches(pattern)) {
                return channel.getKey();
            }
        }
        throw new AssertionError("no channel for " + topic);
    }

    private static void assertNames(JsonNode schema, Set<String> names) {
        assertThat(schema.path("properties").isObject()).isTrue();
        assertThat(names(schema.path("properties"))).containsAll(names);
        for (JsonNode required : schema.path("required")) {
            assertThat(names).contains(required.asText());
        }
    }

    private static JsonNode json(Subscriber.Got got) throws IOException {
        return JSON.readTree(got.payload());
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Set<String> names(Map<String, String> properties) {
        return new TreeSet<>(properties.keySet());
    }
}
