package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.uplink.Mosquitto;
import dev.picket.agent.uplink.Subscriber;
import dev.picket.inference.Stage;
import dev.picket.ota.Hashes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The assembled agent with a Set of two stages: a wrapped encoder with a classification head first, then the released
 * model; from a signed repository behind a web server to verdicts on disk, at the broker and on the page.
 */
class CascadeFlowTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LUNCH = "Lunch is at noon in the canteen";
    private static final String PARCEL =
            "Your parcel is held, call 09061234567 and pay the fee at http://parcel-fee.example now";
    private static final String UNKNOWN = "Work order 4711 is late";

    @TempDir
    Path folder;

    private ReleaseShop shop;
    private HttpServer web;
    private Mosquitto broker;

    @BeforeEach
    void aRepositoryAndABroker() throws Exception {
        broker = Mosquitto.start(folder);
        shop = new ReleaseShop(folder.resolve("shop"));
        web = SimpleFileServer.createFileServer(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                shop.served().toAbsolutePath(),
                OutputLevel.NONE);
        web.start();
    }

    @AfterEach
    void stop() {
        web.stop(0);
        broker.close();
    }

    @Test
    void eachVerdictSaysWhichStageAnsweredOnDiskAtTheBrokerAndInFigures() throws Exception {
        String set = shop.publishStages(new QuickTask(0), 0.95);
        String quickBase = Hashes.sha256(QuickTask.BASE.resolve("base.json"));
        String mainBase = Hashes.sha256(ReleaseShop.RELEASED.resolve("base/base.json"));
        try (Subscriber fleet = new Subscriber(broker.uri(), "fleet", "picket/v1/plant/press-4/#");
                RunningAgent agent = start()) {
            agent.awaitServing(set);
            agent.append(LUNCH, PARCEL, UNKNOWN);
            agent.awaitRows(3);
            agent.append(LUNCH);
            agent.awaitRows(4);

            Verdict quick = verdict(agent, LUNCH);
            assertThat(quick.stage()).isEqualTo(Stage.FIRST);
            assertThat(quick.baseDigest()).isEqualTo(quickBase);
            assertThat(quick.label()).isEqualTo("ham");
            assertThat(quick.task()).isEqualTo("fraud");
            Verdict main = verdict(agent, PARCEL);
            assertThat(main.stage()).isEqualTo(Stage.MAIN);
            assertThat(main.baseDigest()).isEqualTo(mainBase);
            assertThat(main.label()).isEqualTo("smishing");
            assertThat(verdict(agent, UNKNOWN).stage()).isEqualTo(Stage.MAIN);
            Verdict again = agent.rows().getFirst().verdict();
            assertThat(again.cached()).isTrue();
            assertThat(again.stage()).isEqualTo(Stage.FIRST);

            assertThat(fleet.awaits(f -> f.ids().size() == 4)).isTrue();
            assertThat(fleet.all().stream()
                            .filter(got -> got.topic().endsWith("/line1"))
                            .map(got -> stageOnTheWire(got.payload()))
                            .sorted())
                    .containsExactly("", "", "first", "first");
            assertThat(agent.get("/api/status").body()).contains("\"main\":2,\"firstStage\":1,\"cached\":1");
            assertThat(fleet.awaits(f -> f.all().stream().anyMatch(CascadeFlowTest::reportsAllAnswers)))
                    .as("the report counts each stage")
                    .isTrue();
            assertThat(agent.get("/prometheus").body())
                    .contains("picket_answers_total{by=\"base\"} 2.0")
                    .contains("picket_answers_total{by=\"first-stage\"} 1.0")
                    .contains("picket_answers_total{by=\"cache\"} 1.0");
        }
    }

    @Test
    void bothStagesAreLoadedAgainFromTheDisk() throws Exception {
        String set = shop.publishStages(new QuickTask(0), 0.95);
        try (RunningAgent agent = start()) {
            agent.awaitServing(set);
        }
        web.stop(0);
        try (RunningAgent agent = start()) {
            agent.append(LUNCH, PARCEL);
            agent.awaitRows(2);
            assertThat(agent.rows().stream().map(row -> row.verdict().stage()))
                    .containsExactlyInAnyOrder(Stage.FIRST, Stage.MAIN);
            assertThat(agent.status().path("set").asText()).isEqualTo(set);
        }
    }

    @Test
    void aFirstStageThatIsSureAndWrongIsRejectedAndTheOneBeforeServesOn() throws Exception {
        String good = shop.publishStages(new QuickTask(0), 0.95);
        try (RunningAgent agent = start()) {
            agent.awaitServing(good);
            String bad = shop.publishStages(new QuickTask(9), 0.95);
            agent.pollNow();
            JsonNode status = agent.awaitStatus(
                    "the wrong one is refused",
                    now -> now.path("update").asText().startsWith(bad + ": rejected"));
            assertThat(status.path("update").asText())
                    .contains("exam-failed", "The exam of fraud after quick let ", " rows through as 'ham', ");
            assertThat(status.path("set").asText()).isEqualTo(good);
            agent.append("Claim your prize");
            agent.awaitRows(1);
            assertThat(agent.rows().getFirst().verdict().stage()).isEqualTo(Stage.MAIN);
        }
    }

    private static boolean reportsAllAnswers(Subscriber.Got got) {
        return got.topic().endsWith("/report")
                && got.text().contains("\"answers\":{\"main\":2,\"firstStage\":1,\"cached\":1,\"hitRate\":0.25}");
    }

    /** What was said of a text that did not come from memory. */
    private static Verdict verdict(RunningAgent agent, String text) throws JournalUnavailableException {
        return agent.rows().stream()
                .map(PendingVerdict::verdict)
                .filter(each -> !each.cached() && text.equals(each.text()))
                .findFirst()
                .orElseThrow();
    }

    /** Empty where it is not told, which means the base. */
    private static String stageOnTheWire(byte[] payload) {
        try {
            JsonNode event = JSON.readTree(payload);
            return event.path("stage").asText();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private RunningAgent start() throws Exception {
        URI served = URI.create("http://127.0.0.1:" + web.getAddress().getPort() + "/");
        return RunningAgent.start(
                folder,
                "uplink: { broker: \"" + broker.uri()
                        + "\", retry-first: 50ms, retry-most: 500ms, report-every: 100ms }",
                RunningAgent.updates(served, shop.root()));
    }
}
