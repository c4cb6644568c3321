package dev.picket.agent.kill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.console.Orders;
import dev.picket.agent.console.Target;
import dev.picket.agent.uplink.Subscriber;
import dev.picket.agent.uplink.Subscriber.Got;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.CommandJwk;
import dev.picket.ota.release.CommandJwks;
import dev.picket.ota.repository.KeyFile;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** Sends commands, each with a name of its own as correlation data, and keeps every reply. */
final class Console implements AutoCloseable {
    private static final String TOPIC = "picket/v1/plant/press-4/command/";
    private static final String REPLY = "picket/v1/console/reply/desk-1";
    private static final Duration EXPIRY = Duration.ofHours(1);
    private static final String PROGRESS = "202";

    /** One command as it is sent, however often. */
    @SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared by nobody
    private record Sent(Effect.Kind kind, byte[] payload) {}

    private final Subscriber replies;
    private final Orders orders = new Orders(new Target("plant", "press-4"), Clock.systemUTC());
    private final KeyFile key;
    private final Map<String, Sent> sent = new TreeMap<>();

    /** @param agent its data directory, which gets the key that signs */
    Console(URI broker, Path agent) throws IOException, MqttException {
        this.key = KeyFile.create(agent.resolve("key.json"), "desk", "secret".toCharArray(), 10);
        CommandJwk published = new CommandJwk(
                "desk",
                key.key().publicHex(),
                Arrays.stream(Effect.Kind.values()).map(Effect.Kind::verb).toList(),
                List.of("plant"));
        Path updates = Files.createDirectories(agent.resolve("updates"));
        Files.write(
                updates.resolve("command-keys.json"),
                StrictJson.pretty(new CommandJwks(List.of(published), 0).toJson()));
        this.replies = new Subscriber(broker, "console", "picket/v1/console/reply/#");
    }

    /** Sends one of each verb, and those that may run once a second time, as a console does that heard no answer. */
    void send(int rounds) throws MqttException {
        for (int round = 0; round < rounds; round++) {
            for (Effect.Kind kind : Effect.Kind.values()) {
                String command = "c" + sent.size();
                ObjectNode params = JsonNodeFactory.instance.objectNode().put("command", command);
                byte[] payload = orders.of(kind.verb(), params, kind.signed() ? key : null, EXPIRY)
                        .payload();
                sent.put(command, new Sent(kind, payload));
                publish(command);
                if (!kind.idempotent()) {
                    publish(command);
                }
            }
        }
    }

    /** Sends those again that have no answer. */
    void repeat() throws MqttException {
        for (String command : unanswered()) {
            publish(command);
        }
    }

    void reconnect() throws MqttException {
        replies.reconnect();
    }

    private void publish(String command) throws MqttException {
        Sent what = sent.get(command);
        MqttProperties properties = new MqttProperties();
        properties.setResponseTopic(REPLY);
        properties.setCorrelationData(command.getBytes(StandardCharsets.UTF_8));
        properties.setMessageExpiryInterval(EXPIRY.toSeconds());
        replies.publish(TOPIC + what.kind().verb(), what.payload(), false, properties);
    }

    Set<String> unanswered() {
        Set<String> left = new TreeSet<>(sent.keySet());
        left.removeAll(replies().keySet());
        return left;
    }

    /** By command: its different replies, as {@code STATUS PAYLOAD}; that a job goes on is none. */
    private Map<String, Set<String>> replies() {
        return replies.all().stream()
                .filter(reply -> !PROGRESS.equals(reply.properties().get("status")))
                .collect(Collectors.groupingBy(
                        reply -> new String(reply.raw().getCorrelationData(), StandardCharsets.UTF_8),
                        TreeMap::new,
                        Collectors.mapping(Console::content, Collectors.toSet())));
    }

    private static String content(Got reply) {
        return reply.properties().get("status") + " " + reply.text();
    }

    /**
     * Each command has one reply, however often it came; what may not run twice ran once, or was interrupted by a death.
     *
     * @param effects what the commands have done: lines of {@code COMMAND EFFECT}
     * @param deaths how often the agent died
     */
    void assertEachRanOnce(Path effects, int deaths) throws IOException {
        Map<String, List<String>> done = done(effects);
        int interrupted = 0;
        Map<String, Set<String>> replies = replies();
        assertThat(replies).containsOnlyKeys(sent.keySet());
        for (Map.Entry<String, Sent> command : sent.entrySet()) {
            Effect.Kind kind = command.getValue().kind();
            String what = command.getKey() + " " + kind;
            assertThat(replies.get(command.getKey())).as("replies to %s", what).hasSize(1);
            String reply = replies.get(command.getKey()).iterator().next();
            List<String> made = done.getOrDefault(command.getKey(), List.of());
            if (!kind.idempotent()) {
                assertThat(made).as("effects of %s", what).hasSizeLessThanOrEqualTo(1);
            }
            if (reply.startsWith("500")) {
                assertThat(kind.idempotent()).as("%s: %s", what, reply).isFalse();
                assertThat(reply).contains("interrupted");
                interrupted++;
            } else {
                assertThat(reply).as("reply to %s", what).startsWith("200");
                assertThat(made)
                        .as("the reply to %s names an effect that it had: %s", what, reply)
                        .anyMatch(reply::contains);
            }
        }
        assertThat(interrupted)
                .as("interrupted: the command that was at work, and the job")
                .isLessThanOrEqualTo(2 * deaths);
    }

    private static Map<String, List<String>> done(Path effects) throws IOException {
        if (!Files.exists(effects)) {
            return Map.of();
        }
        return Files.readAllLines(effects).stream()
                .map(line -> line.split(" ", -1))
                .collect(Collectors.groupingBy(
                        line -> line[0], Collectors.mapping(line -> line[1], Collectors.toList())));
    }

    @Override
    public void close() {
        replies.close();
    }
}
