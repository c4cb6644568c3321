package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The retained status: on the wire of a real broker, and the rule of when it is said again. */
class PresenceTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STATUS = "picket/v1/plant/press-4/status";

    @TempDir
    Path folder;

    private static List<JsonNode> statuses(Subscriber subscriber) {
        return subscriber.all().stream()
                .filter(g -> g.topic().equals(STATUS))
                .map(g -> json(g.payload()))
                .toList();
    }

    private static JsonNode json(byte[] payload) {
        try {
            return JSON.readTree(payload);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static boolean lastIs(Subscriber subscriber, boolean online) {
        List<JsonNode> all = statuses(subscriber);
        return !all.isEmpty() && all.getLast().path("online").asBoolean() == online;
    }

    @Test
    void theBirthIsRetainedAndSaysWhoIsThere() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                Agent agent = new Agent(folder, Configs.uplink(broker.uri())).start();
                Subscriber first = new Subscriber(broker.uri(), "first", STATUS)) {
            assertThat(first.awaits(s -> lastIs(s, true))).isTrue();
            try (Subscriber late = new Subscriber(broker.uri(), "late", STATUS)) {
                assertThat(late.awaits(s -> lastIs(s, true))).isTrue();
                assertThat(late.all().getFirst().retained()).isTrue();
                JsonNode birth = statuses(late).getFirst();
                assertThat(birth.path("epoch").asText()).isEqualTo(agent.journal.epoch());
                assertThat(birth.path("session").asLong()).isEqualTo(1);
                assertThat(birth.path("agent").asText()).isEqualTo("0.1.0");
                assertThat(birth.path("base").asText()).hasSize(64);
                assertThat(birth.path("tasks").path("fraud").asText()).hasSize(64);
            }
        }
    }

    @Test
    void aStaleWillThatLandsOverTheBirthIsAnsweredWithTheBirth() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                Agent agent = new Agent(folder, Configs.uplink(broker.uri())).start();
                Subscriber subscriber = new Subscriber(broker.uri(), "console", STATUS)) {
            assertThat(subscriber.awaits(s -> lastIs(s, true))).isTrue();
            String will = "{\"online\":false,\"epoch\":\"%s\",\"session\":0}".formatted(agent.journal.epoch());
            subscriber.publish(STATUS, will.getBytes(StandardCharsets.UTF_8), true, new MqttProperties());

            assertThat(subscriber.awaits(s -> statuses(s).size() >= 3 && lastIs(s, true)))
                    .isTrue();
            assertThat(statuses(subscriber).stream().map(n -> n.path("online").asBoolean()))
                    .containsExactly(true, false, true);
        }
    }

    @Test
    void aCleanStopSaysGoodbyeWithItsReason() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscriber subscriber = new Subscriber(broker.uri(), "console", STATUS)) {
            try (Agent _ = new Agent(folder, Configs.uplink(broker.uri())).start()) {
                assertThat(subscriber.awaits(s -> lastIs(s, true))).isTrue();
            }
            assertThat(subscriber.awaits(s -> lastIs(s, false))).isTrue();
            assertThat(statuses(subscriber).getLast().path("reason").asText()).isEqualTo("stop");
        }
    }

    @Test
    void theReportIsRetainedAndFollowsTheQueue() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscriber subscriber = new Subscriber(broker.uri(), "console", "picket/v1/plant/press-4/report");
                Agent agent = new Agent(folder, Configs.uplink(broker.uri()))) {
            agent.journal.append(List.of(dev.picket.agent.journal.Verdicts.routine("r1")), Map.of());
            agent.start();
            assertThat(subscriber.awaits(s -> s.all().stream()
                            .anyMatch(g -> json(g.payload())
                                            .path("ackedThrough")
                                            .path("routine")
                                            .asLong()
                                    == 1)))
                    .isTrue();
            JsonNode last = json(subscriber.all().getLast().payload());
            assertThat(last.path("queued").path("routine").asLong()).isZero();
            assertThat(last.path("judging").asText()).isEqualTo("ready");
        }
    }

    @Test
    void onlyWhatDeniesThisSessionCallsForABirth() {
        Presence presence = new Presence(new Topics(Configs.GATEWAY), "e1", () -> new Served("0", null, Map.of()));
        byte[] own = presence.birth(7).payload();
        byte[] oldWill = presence.will(6).payload();
        byte[] ownWill = presence.will(7).payload();
        byte[] later = presence.birth(8).payload();

        assertThat(presence.denies(own, 7)).isFalse();
        assertThat(presence.denies(oldWill, 7)).isTrue();
        assertThat(presence.denies(ownWill, 7)).isTrue();
        assertThat(presence.denies(later, 7)).isFalse();
        assertThat(presence.denies(new byte[0], 7)).isTrue();
        assertThat(presence.denies("no json".getBytes(StandardCharsets.UTF_8), 7))
                .isTrue();
        assertThat(presence.denies("[1]".getBytes(StandardCharsets.UTF_8), 7)).isTrue();
    }
}
