package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import dev.picket.agent.ReleaseShop;
import dev.picket.agent.RunningAgent;
import dev.picket.agent.read.Until;
import dev.picket.agent.uplink.Contract;
import dev.picket.agent.uplink.Mosquitto;
import dev.picket.agent.uplink.Subscriber;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The assembled agent with the released model: texts of another kind come, and page, command line, metrics and fleet are told. */
class DriftInAgentTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REPORT = "picket/v1/plant/press-4/report";
    private static final String SMALL = "drift: { baseline-texts: 60, baseline-time: 600ms, window-texts: 60,"
            + " window-time: 600ms, save-every: 100ms, false-alarms: 1 }";

    @TempDir
    private Path folder;

    private int lines;

    @Test
    void aDriftIsOnDiskAtTheBrokerOnThePageAndInTheMetricsAndOutlivesARestart() throws Exception {
        ReleaseShop shop = new ReleaseShop(folder.resolve("shop"));
        HttpServer web = SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                shop.served().toAbsolutePath(),
                OutputLevel.NONE);
        web.start();
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscriber fleet = new Subscriber(broker.uri(), "fleet", "picket/v1/plant/press-4/#")) {
            String set = shop.publish("1");
            String frozen = "";
            try (RunningAgent agent = RunningAgent.start(
                    folder,
                    "uplink: { broker: \"" + broker.uri() + "\", retry-first: 50ms, report-every: 100ms }",
                    SMALL,
                    RunningAgent.updates(
                            URI.create("http://127.0.0.1:" + web.getAddress().getPort() + "/"), shop.root()))) {
                agent.awaitServing(set);
                feed(
                        agent,
                        "Lunch is at noon in canteen %d",
                        now -> now.at("/drift/0/phase").asText().equals("watching"));
                feed(
                        agent,
                        "URGENT! Your account %d is suspended, verify at http://bank-%d.example or call 09061234567",
                        DriftInAgentTest::labelsDrift);
                assertTold(agent, fleet);
                frozen = agent.status().at("/drift/0/frozen").asText();
            }
            assertThat(Files.readString(folder.resolve("data/drift.json")))
                    .contains("\"phase\":\"watching\"", "\"of\":\"labels\"")
                    .doesNotContain("account", "canteen");
            try (RunningAgent again = RunningAgent.over(folder)) {
                JsonNode status = again.awaitStatus("the drift is told again", DriftInAgentTest::labelsDrift);
                assertThat(status.at("/drift/0/frozen").asText()).isEqualTo(frozen);
                accept(again, fleet);
            }
        } finally {
            web.stop(0);
        }
    }

    private static void accept(RunningAgent agent, Subscriber fleet) throws Exception {
        String config = agent.config().toString();
        Shell.run("drift", "accept", "no-such", "--config", config).saysOneSentence(65, "'no-such'");
        Shell.Ended accepted = Shell.run("drift", "accept", "fraud", "--config", config);
        assertThat(accepted.err()).isEmpty();
        assertThat(accepted.out()).startsWith("The drift of task 'fraud' is accepted, where ");
        assertThat(agent.status().path("troubles").toString()).doesNotContain("drifts");
        assertThat(fleet.awaits(f -> report(f)
                        .map(said -> said.at("/drift/0/accepted").isTextual())
                        .orElse(false)))
                .isTrue();
        Shell.run("drift", "accept", "fraud", "--config", config).saysOneSentence(65, "nothing to accept");
    }

    private static boolean labelsDrift(JsonNode said) {
        return said.at("/drift/0/alarms").findValuesAsText("of").contains("labels");
    }

    /** Appends texts, no two alike, until the status is so. */
    private void feed(RunningAgent agent, String text, Predicate<JsonNode> wanted) throws Exception {
        agent.awaitStatus("the drift watch is as wanted", status -> {
            try {
                for (int i = 0; i < 30; i++) {
                    lines++;
                    agent.append(text.formatted(lines, lines));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return wanted.test(status);
        });
    }

    private void assertTold(RunningAgent agent, Subscriber fleet) throws Exception {
        assertThat(agent.status().path("troubles").toString()).contains("Task 'fraud' drifts: ");
        assertThat(agent.get("/health").statusCode()).isEqualTo(200);
        // Meters of a task are there from the second scrape on.
        Until.holds("the metrics tell it", () -> {
            String metrics = agent.get("/prometheus").body();
            return metrics.contains("picket_drift_alarms{task=\"fraud\"}")
                    && metrics.contains("picket_drift_effect{of=\"labels\",task=\"fraud\"}")
                    && metrics.contains("picket_drift_gap{of=\"distance\",task=\"fraud\"}");
        });
        Shell.Ended status = Shell.run("status", "--config", agent.config().toString());
        assertThat(status.err()).isEmpty();
        assertThat(status.out()).contains("drift      fraud: watching, ", "trouble    Task 'fraud' drifts: ");
        assertThat(status.code()).isEqualTo(1);

        assertThat(fleet.awaits(
                        f -> report(f).map(DriftInAgentTest::labelsDrift).orElse(false)))
                .isTrue();
        Subscriber.Got said = fleet.all().stream()
                .filter(got -> got.topic().equals(REPORT))
                .reduce((_, b) -> b)
                .orElseThrow();
        Contract.Fits fits = new Contract().fits(said);
        assertThat(fits.fitting()).as("%s", fits.why()).hasSize(1);
    }

    private static Optional<JsonNode> report(Subscriber fleet) {
        return fleet.all().stream()
                .filter(got -> got.topic().equals(REPORT))
                .reduce((_, b) -> b)
                .map(got -> {
                    try {
                        return JSON.readTree(got.payload());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }
}
