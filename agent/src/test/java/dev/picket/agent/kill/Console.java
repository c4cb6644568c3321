package dev.picket.agent.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.uplink.Subscriber;
import dev.picket.agent.uplink.Subscriber.Got;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    private static final List<String> VERBS = List.of("again", "once", "ping");
    private static final long EXPIRY_SECONDS = 3_600;

    private final Subscriber replies;
    /** By command: its verb. */
    private final Map<String, String> sent = new TreeMap<>();

    Console(URI broker) throws MqttException {
        replies = new Subscriber(broker, "console", "picket/v1/console/reply/#");
    }

    /** Sends one of each verb, and the second of them twice, as a console does that heard no answer. */
    void send(int rounds) throws MqttException {
        for (int round = 0; round < rounds; round++) {
            for (String verb : VERBS) {
                String command = "c" + sent.size();
                sent.put(command, verb);
                publish(command);
                if (verb.equals("once")) {
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
        MqttProperties properties = new MqttProperties();
        properties.setResponseTopic(REPLY);
        properties.setCorrelationData(command.getBytes(StandardCharsets.UTF_8));
        properties.setMessageExpiryInterval(EXPIRY_SECONDS);
        byte[] params = "{\"command\":\"%s\"}".formatted(command).getBytes(StandardCharsets.UTF_8);
        replies.publish(TOPIC + sent.get(command), params, false, properties);
    }

    Set<String> unanswered() {
        Set<String> left = new TreeSet<>(sent.keySet());
        left.removeAll(replies().keySet());
        return left;
    }

    /** By command: its different replies, as {@code STATUS PAYLOAD}. */
    private Map<String, Set<String>> replies() {
        return replies.all().stream()
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
        Map<String, List<String>> done = (Files.exists(effects) ? Files.readAllLines(effects) : List.<String>of())
                .stream()
                        .map(line -> line.split(" "))
                        .collect(Collectors.groupingBy(
                                line -> line[0], Collectors.mapping(line -> line[1], Collectors.toList())));
        int interrupted = 0;
        Map<String, Set<String>> replies = replies();
        assertThat(replies).containsOnlyKeys(sent.keySet());
        for (Map.Entry<String, String> command : sent.entrySet()) {
            assertThat(replies.get(command.getKey()))
                    .as("one reply to %s", command)
                    .hasSize(1);
            String reply = replies.get(command.getKey()).iterator().next();
            List<String> made = done.getOrDefault(command.getKey(), List.of());
            if (command.getValue().equals("once")) {
                assertThat(made).as("effects of %s", command).hasSizeLessThanOrEqualTo(1);
            }
            if (reply.startsWith("500")) {
                assertThat(command.getValue()).isEqualTo("once");
                assertThat(reply).contains("interrupted");
                interrupted++;
            } else {
                assertThat(reply).as("reply to %s", command).startsWith("200");
                assertThat(command.getValue().equals("ping") || made.stream().anyMatch(reply::contains))
                        .as("the reply to %s is of an effect that it had: %s, %s", command, reply, made)
                        .isTrue();
            }
        }
        assertThat(interrupted).as("commands interrupted").isLessThanOrEqualTo(deaths);
    }

    @Override
    public void close() {
        replies.close();
    }
}
