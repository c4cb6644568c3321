package dev.picket.agent.kill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.uplink.Subscriber;
import dev.picket.agent.uplink.Subscriber.Got;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** What the fleet knows: it keeps ids, and what it was told of rows that it never gets. */
final class Consumer implements AutoCloseable {
    /** The broker takes one packet of each connection in turn. */
    private static final int STILL_ROUNDS = 5;

    private static final String DROPPED = "dev.picket.dropped.v1";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Subscriber subscriber;

    Consumer(URI broker) throws MqttException {
        subscriber = new Subscriber(broker, "consumer", "picket/v1/plant/press-4/#");
    }

    void reconnect() throws MqttException {
        subscriber.reconnect();
    }

    /** Waits until it has all that the broker has; the agent stands still meanwhile. */
    void awaitDelivered() throws Exception {
        int still = 0;
        while (still < STILL_ROUNDS) {
            int before = subscriber.all().size();
            subscriber.publish("picket/v1/plant/press-4/round", new byte[0], false, new MqttProperties());
            assertThat(subscriber.awaits(s -> s.all().size() > before)).isTrue();
            still = subscriber.all().size() == before + 1 ? still + 1 : 0;
        }
    }

    /** The ids of verdicts, once those that are wanted have come. */
    Set<String> ids(Set<String> wanted) throws InterruptedException {
        assertThat(subscriber.awaits(s -> ids().containsAll(wanted)))
                .as("all of %s come; there are %s", wanted, ids())
                .isTrue();
        return ids();
    }

    private Set<String> ids() {
        return events().stream()
                .filter(event -> !isDropped(event))
                .map(event -> event.properties().get("id"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** By priority: the seqs that it was told it will not get. */
    Map<String, Set<Long>> gaps() throws IOException {
        Map<String, Set<Long>> gaps = new TreeMap<>();
        for (Got event : events()) {
            if (isDropped(event)) {
                JsonNode gap = JSON.readTree(event.payload());
                assertThat(gap.path("reason").asText()).isEqualTo("too-large");
                LongStream.rangeClosed(gap.path("from").asLong(), gap.path("to").asLong())
                        .forEach(gaps.computeIfAbsent(gap.path("priority").asText(), _ -> new TreeSet<>())::add);
            }
        }
        return gaps;
    }

    void assertOneContentPerId() {
        Map<String, Set<String>> contents = events().stream()
                .collect(Collectors.groupingBy(
                        event -> event.properties().get("id"),
                        Collectors.mapping(Consumer::content, Collectors.toSet())));
        assertThat(contents.values()).allMatch(different -> different.size() == 1);
    }

    private List<Got> events() {
        return subscriber.all().stream()
                .filter(got -> got.properties().containsKey("id"))
                .toList();
    }

    private static boolean isDropped(Got event) {
        return DROPPED.equals(event.properties().get("type"));
    }

    /** All of it but when it was told, and whether it was written before the connection that brought it. */
    private static String content(Got got) {
        Map<String, String> properties = new TreeMap<>(got.properties());
        properties.remove("historical");
        if (isDropped(got)) {
            properties.remove("time");
        }
        return got.topic() + " " + got.text() + " " + properties;
    }

    @Override
    public void close() {
        subscriber.close();
    }
}
