package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.journal.Verdicts;
import dev.picket.agent.uplink.Agent;
import dev.picket.agent.uplink.Configs;
import dev.picket.agent.uplink.Mosquitto;
import dev.picket.agent.uplink.Subscriber;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code picket fleet watch} against a real broker. */
class FleetWatchTest {
    private static final String PRESENCE = "picket/v1/console/status";

    @TempDir
    Path folder;

    private Mosquitto broker;
    private Subscriber desk;

    @BeforeEach
    void aBroker() throws Exception {
        broker = Mosquitto.start(folder, "log_type subscribe");
        desk = new Subscriber(broker.uri(), "desk", "picket/v1/#");
    }

    @AfterEach
    void stop() {
        desk.close();
        broker.close();
    }

    @Test
    void whatAGatewaySaysIsALineEach() throws Exception {
        CompletableFuture<Shell.Ended> watching = watch("--count", "5", "--site", "plant");
        try (Agent agent = new Agent(folder, Configs.uplink(broker.uri()))) {
            agent.journal.append(List.of(Verdicts.routine("r1"), Verdicts.routine("r2")), Map.of());
            agent.start().awaitUp();
            assertThat(desk.awaits(d -> d.ids().size() == 2)).isTrue();
        }
        Shell.Ended ended = watching.get(30, TimeUnit.SECONDS);
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out())
                .contains("plant/press-4", "online, agent 0.1.0", "ACCEPT", "line1/r1", "line1/r2", "report")
                .contains("2 events, 0 of them again, 0 times told as dropped, 0 missing")
                .doesNotContain("\u001b");
    }

    @Test
    void whatIsMissingAndWhatCameTwiceIsCountedAndToldAsDroppedIsNot() throws Exception {
        CompletableFuture<Shell.Ended> watching = watch("--count", "7", "--strict", "--json");
        for (int seq : new int[] {1, 2, 2, 5, 9}) {
            event("press-4", seq, "{}");
        }
        say("press-4/dropped", "{\"epoch\":\"e1\",\"priority\":\"routine\",\"from\":6,\"to\":8,\"reason\":\"quota\"}");
        event("press-5", 4, "{}");
        Shell.Ended ended = watching.get(30, TimeUnit.SECONDS);
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.lines()).hasSize(8);
        JsonNode sums = new ObjectMapper().readTree(ended.lines().getLast());
        assertThat(sums.path("events").asInt()).isEqualTo(6);
        assertThat(sums.path("again").asInt()).isEqualTo(1);
        assertThat(sums.path("dropped").asInt()).isEqualTo(1);
        assertThat(sums.path("missing").asInt()).isEqualTo(2);
        assertThat(sums.path("missingByLine").path("plant/press-4 e1-routine").asInt())
                .isEqualTo(2);
    }

    @Test
    void nothingMissingIsExitCodeZeroAlsoWithStrict() throws Exception {
        CompletableFuture<Shell.Ended> watching = watch("--count", "2", "--strict", "--gateway", "press-4");
        event("press-5", 9, "{}");
        event("press-4", 7, "{}");
        event("press-4", 8, "{}");
        Shell.Ended ended = watching.get(30, TimeUnit.SECONDS);
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out()).doesNotContain("press-5");
    }

    @Test
    void aTextFromOutsideCannotSteerTheTerminal() throws Exception {
        CompletableFuture<Shell.Ended> watching = watch("--count", "2");
        event("press-4", 1, "{\"decision\":\"ACCEPT\",\"text\":\"\\u001b[2J\\u202e@|red x|@\"}");
        say("press-4/verdict/line1", "no JSON \u001b[31m");
        Shell.Ended ended = watching.get(30, TimeUnit.SECONDS);
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).contains("\uFFFD[2J\uFFFD@|red x|@").doesNotContain("\u001b", "\u202e");
    }

    @Test
    void aBreakOfTheBrokerIsToldAndNothingIsMissed() throws Exception {
        CompletableFuture<Shell.Ended> watching = watch("--count", "3", "--strict");
        event("press-4", 1, "{}");
        broker.stop();
        broker.start();
        desk.reconnect();
        event("press-4", 2, "{}");
        event("press-4", 3, "{}");
        Shell.Ended ended = watching.get(60, TimeUnit.SECONDS);
        assertThat(ended.code()).as(ended.out() + ended.err()).isZero();
        assertThat(ended.err()).contains("trying again");
    }

    @Test
    void aConsoleSaysThatItIsThereAndThatItWent() throws Exception {
        CompletableFuture<Shell.Ended> watching = watch("--count", "1", "--present");
        assertThat(desk.awaits(d -> lastPresence(d).equals("{\"online\":true}")))
                .isTrue();
        desk.publish(PRESENCE, "{\"online\":false}".getBytes(StandardCharsets.UTF_8), true, new MqttProperties());
        assertThat(desk.awaits(d -> presences(d).size() == 3)).isTrue();
        assertThat(lastPresence(desk)).isEqualTo("{\"online\":true}");
        event("press-4", 1, "{}");
        assertThat(watching.get(30, TimeUnit.SECONDS).code()).isZero();
        assertThat(desk.awaits(d -> lastPresence(d).equals("{\"online\":false}")))
                .isTrue();
    }

    private static List<String> presences(Subscriber desk) {
        return desk.all().stream()
                .filter(got -> got.topic().equals(PRESENCE))
                .map(got -> new String(got.payload(), StandardCharsets.UTF_8))
                .toList();
    }

    private static String lastPresence(Subscriber desk) {
        List<String> all = presences(desk);
        return all.isEmpty() ? "" : all.getLast();
    }

    /** Begins a watch, and comes back once it listens. */
    private CompletableFuture<Shell.Ended> watch(String... words) throws Exception {
        List<String> all = new ArrayList<>(
                List.of("fleet", "watch", "--broker", broker.uri().toString()));
        all.addAll(List.of(words));
        CompletableFuture<Shell.Ended> watching =
                CompletableFuture.supplyAsync(() -> Shell.run(all.toArray(String[]::new)), Thread::startVirtualThread);
        broker.awaitLog("picket-console-\\w+ 1 picket/v1/.*/dropped");
        return watching;
    }

    private void event(String gateway, int seq, String payload) throws MqttException {
        MqttProperties properties = new MqttProperties();
        properties.setUserProperties(Stream.of(
                        new UserProperty("id", "e1-routine-" + seq),
                        new UserProperty("epoch", "e1"),
                        new UserProperty("priority", "routine"),
                        new UserProperty("seq", Integer.toString(seq)))
                .toList());
        desk.publish(
                "picket/v1/plant/" + gateway + "/verdict/line1",
                payload.getBytes(StandardCharsets.UTF_8),
                false,
                properties);
    }

    private void say(String topic, String payload) throws MqttException {
        desk.publish("picket/v1/plant/" + topic, payload.getBytes(StandardCharsets.UTF_8), false, new MqttProperties());
    }
}
