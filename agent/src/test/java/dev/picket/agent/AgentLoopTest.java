package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.overlay.Overlays;
import dev.picket.agent.overlay.Stored;
import dev.picket.agent.read.Until;
import dev.picket.agent.uplink.Mosquitto;
import dev.picket.ota.json.StrictJson;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentLoopTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void anAgentStartsAgainWithTheFilesReadAnew() throws Exception {
        try (LoopedAgent agents = LoopedAgent.start(folder)) {
            AgentContext first = agents.next();
            RunningAgent.configure(folder, "retention: { verdicts: 11d }");
            first.agent().host().restart().run();
            AgentContext second = agents.next();
            assertThat(second).isNotSameAs(first);
            assertThat(second.agent().host().overlays().config().retention().verdicts())
                    .hasDays(11);
            assertThat(second.agent().journal().stoppedCleanly()).isTrue();
        }
    }

    @Test
    void askingTwiceIsOneRestart() throws Exception {
        try (LoopedAgent agents = LoopedAgent.start(folder)) {
            Runnable restart = agents.next().agent().host().restart();
            restart.run();
            restart.run();
            AgentContext second = agents.next();
            Until.holds("it runs", () -> second.page().getPort() > 0);
            assertThat(agents.idle()).isTrue();
        }
    }

    @Test
    void aChangeIsKeptOnceTheAgentIsConnectedWithIt() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                LoopedAgent agents = LoopedAgent.start(folder, uplink(broker))) {
            propose(agents.next(), "{\"uplink\":{\"window\":9}}");
            Overlays overlays = agents.next().agent().host().overlays();
            Stored end = overlays.awaitEnd();
            assertThat(end.phase()).isEqualTo(Stored.Phase.KEPT);
            assertThat(overlays.config().uplink().window()).isEqualTo(9);
            assertThat(stored().path("overlay")).isEqualTo(JSON.readTree("{\"uplink\":{\"window\":9}}"));
        }
        assertThat(stored().path("phase").asText()).isEqualTo("kept");
    }

    @Test
    void aChangeWithWhichTheAgentIsNotConnectedInTimeIsTakenBack() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                LoopedAgent agents = LoopedAgent.start(folder, uplink(broker), "configure: { confirm: 1s }")) {
            AgentContext first = agents.next();
            Until.holds("it is connected", () -> first.agent().connected());
            broker.stop();
            propose(first, "{\"uplink\":{\"window\":9}}");
            AgentContext tried = agents.next();
            assertThat(tried.agent().host().overlays().config().uplink().window())
                    .isEqualTo(9);
            AgentContext after = agents.next();
            assertThat(after.agent().host().overlays().config().uplink().window())
                    .isEqualTo(100);
            assertThat(after.agent().status().report().more().configuration().state())
                    .isEqualTo("returned");
            assertThat(stored().path("detail").asText()).contains("not connected with it within 1 seconds");
        }
    }

    @Test
    void aChangeWithWhichTheAgentDoesNotStartIsTakenBack() throws Exception {
        pendingOnDisk("{\"uplink\":{\"window\":9}}");
        // No key that a console may send keeps an agent from starting, so a taken port does.
        // The mark of a start that failed has the agent wait until the port is free.
        Files.createFile(Files.createDirectories(folder.resolve("run")).resolve("start-failed"));
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        try (LoopedAgent agents = LoopedAgent.start(folder, "http: { port: " + taken.getLocalPort() + " }")) {
            Until.holds(
                    "it is taken back", () -> stored().path("phase").asText().equals("returned"));
            taken.close();
            Overlays overlays = agents.next().agent().host().overlays();
            assertThat(overlays.stored().phase()).isEqualTo(Stored.Phase.RETURNED);
            assertThat(overlays.stored().detail()).contains("the agent does not start with it");
            assertThat(overlays.config().uplink().window()).isNotEqualTo(9);
        } finally {
            taken.close();
        }
    }

    @Test
    void aSecondAgentOnTheSameDirectoryLeavesThePendingChangeAlone() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                LoopedAgent agents = LoopedAgent.start(folder, uplink(broker), "configure: { confirm: 1h }")) {
            AgentContext first = agents.next();
            broker.stop();
            propose(first, "{\"uplink\":{\"window\":9}}");
            agents.next();
            byte[] before = Files.readAllBytes(file());
            LoopedAgent other = LoopedAgent.start(folder, uplink(broker), "configure: { confirm: 1h }");
            assertThat(other.end())
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .withMessageContaining("another agent runs");
            assertThat(Files.readAllBytes(file())).isEqualTo(before);
        }
    }

    private static String uplink(Mosquitto broker) {
        return "uplink: { broker: \"" + broker.uri() + "\", retry-first: 50ms, retry-most: 200ms }";
    }

    private static void propose(AgentContext agent, String patch) throws Exception {
        Host host = agent.agent().host();
        assertThat(host.overlays().propose((ObjectNode) JSON.readTree(patch), "order-1"))
                .isTrue();
        host.restart().run();
    }

    private void pendingOnDisk(String candidate) throws Exception {
        ObjectNode json = StrictJson.object()
                .put("format", 1)
                .put("phase", "pending")
                .put("starts", 0)
                .put("order", "order-1")
                .put("detail", "");
        json.putObject("overlay");
        json.set("candidate", JSON.readTree(candidate));
        Files.createDirectories(file().getParent());
        Files.writeString(file(), json.toString(), StandardCharsets.UTF_8);
    }

    private JsonNode stored() throws Exception {
        return JSON.readTree(Files.readAllBytes(file()));
    }

    private Path file() {
        return folder.resolve("data/configuration.json");
    }
}
