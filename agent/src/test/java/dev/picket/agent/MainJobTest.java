package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.read.Until;
import dev.picket.agent.uplink.Mosquitto;
import dev.picket.agent.uplink.Subscriber;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The assembled agent with the released model, a real broker, and a signed repository behind a web server. */
class MainJobTest {
    private static final String PARCEL =
            "Your parcel is held, call 09061234567 and pay the fee at http://parcel-fee.example now";

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
    void aLineOfAFileBecomesAVerdictOnDiskAtTheBrokerAndOnThePage() throws Exception {
        try (Subscriber fleet = fleet();
                RunningAgent agent = start()) {
            assertThat(agent.get("/health").statusCode()).isEqualTo(503);
            assertThat(agent.get("/health").body()).contains("no Set is installed yet");
            String set = shop.publish("1");
            agent.pollNow();
            agent.awaitServing(set);
            Until.holds("/health is 200", () -> agent.get("/health").statusCode() == 200);

            String event = whileThePageIsOpen(agent, () -> agent.append(PARCEL));
            assertThat(event).contains("\"source\":\"line1\"", "\"label\":\"smishing\"", "parcel-fee.example");
            assertThat(fleet.awaits(f -> f.ids().size() == 1)).isTrue();
            JsonNode status = agent.awaitStatus(
                    "the row is marked as sent",
                    now -> now.at("/figures/acknowledged").asLong() == 1);

            PendingVerdict row = agent.rows().getFirst();
            assertThat(fleet.ids()).containsExactly(row.id());
            assertThat(row.verdict().text()).isEqualTo(PARCEL);
            assertThat(row.verdict().label()).isEqualTo("smishing");
            assertThat(row.verdict().probabilities().stream()
                            .mapToDouble(p -> p)
                            .sum())
                    .isCloseTo(1, org.assertj.core.data.Offset.offset(1e-4));
            assertThat(fleet.all())
                    .noneMatch(got -> new String(got.payload(), StandardCharsets.UTF_8).contains("parcel-fee"));
            assertThat(status.path("judging").asText()).isEqualTo("serving");
            assertThat(status.path("uplink").asText()).isEqualTo("connected");
            assertThat(status.at("/figures/readings").asLong()).isEqualTo(1);
            assertThat(status.at("/figures/unsent").asLong()).isZero();
            assertThat(status.path("base").asText()).isEqualTo(row.verdict().baseDigest());
            assertThat(status.path("troubles")).isEmpty();
        }
    }

    @Test
    void thePageItsPartsAndTheMetricsAnswer() throws Exception {
        String set = shop.publish("1");
        try (RunningAgent agent = start()) {
            agent.awaitServing(set);
            agent.append(PARCEL, "Lunch is at noon in the canteen");
            agent.awaitRows(2);

            var page = agent.get("/");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/html"));
            assertThat(page.headers().firstValue("Content-Security-Policy")).isPresent();
            assertThat(page.body()).contains("<title>Picket</title>");
            assertThat(agent.get("/page.js").statusCode()).isEqualTo(200);
            assertThat(agent.get("/page.css").statusCode()).isEqualTo(200);
            assertThat(agent.get("/prometheus").statusCode()).isEqualTo(200);
            assertThat(agent.get("/prometheus").body())
                    .contains("# TYPE")
                    .contains("picket_answers_total{by=\"cache\"}", "picket_cache_hit_ratio", "picket_not_asked_total");
            assertThat(agent.get("/api/verdicts?max=1").body())
                    .contains("Lunch is at noon")
                    .doesNotContain("parcel-fee");
            agent.append(PARCEL);
            agent.awaitRows(3);
            assertThat(agent.get("/api/verdicts?max=1").body()).contains("\"cached\":true", "\"stage\":\"main\"");
            assertThat(agent.get("/api/status").body()).contains("\"main\":2,\"firstStage\":0,\"cached\":1");
            assertThat(agent.get("/nowhere").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aSignedUpdateIsSwitchedToWhileReadingsFlowAndNoneIsLostOrJudgedTwice() throws Exception {
        String first = shop.publish("1");
        try (Subscriber fleet = fleet();
                RunningAgent agent = start()) {
            agent.awaitServing(first);
            int written = 0;
            Set<String> digests = new TreeSet<>();
            String second = "";
            while (digests.size() < 2 || agent.rows().size() < 400) {
                String[] lines = IntStream.range(written, written + 20)
                        .mapToObj("work order %d is late"::formatted)
                        .toArray(String[]::new);
                agent.append(lines);
                written += lines.length;
                if (second.isEmpty() && written >= 100) {
                    second = shop.publish("2");
                    agent.pollNow();
                }
                agent.awaitRows(written - 10);
                digests = digests(agent.rows());
                assertThat(written).as("the switch comes").isLessThan(50_000);
            }
            agent.awaitServing(second);
            int all = written;
            agent.awaitRows(all);

            List<PendingVerdict> rows = agent.rows();
            assertThat(rows).hasSize(all);
            assertThat(rows.stream().map(row -> row.verdict().text()).distinct())
                    .hasSize(all);
            assertThat(rows).noneMatch(row -> row.verdict().label() == null);
            assertThat(digests(rows)).hasSize(2);
            assertThat(agent.status().path("set").asText()).isEqualTo(second);
            assertThat(fleet.awaits(f -> f.all().stream().anyMatch(MainJobTest::tellsOfTheTrial)))
                    .as("the report tells what the trial measured")
                    .isTrue();
            assertThat(fleet.awaits(f -> f.ids().size() >= all)).isTrue();
            assertThat(fleet.ids())
                    .isEqualTo(rows.stream().map(PendingVerdict::id).collect(Collectors.toCollection(TreeSet::new)));
        }
    }

    @Test
    void stoppedAndStartedAgainItServesWhatIsInstalledAndReadsOn() throws Exception {
        String set = shop.publish("1");
        try (RunningAgent agent = start()) {
            agent.awaitServing(set);
            agent.append("one", "two");
            agent.awaitRows(2);
        }
        web.stop(0);
        try (Subscriber fleet = fleet();
                RunningAgent agent = start()) {
            agent.append("three");
            agent.awaitRows(3);
            assertThat(agent.status().path("set").asText()).isEqualTo(set);
            assertThat(agent.rows().stream().map(row -> row.verdict().text()))
                    .containsExactlyInAnyOrder("one", "two", "three");
            assertThat(fleet.awaits(
                            f -> f.all().stream().anyMatch(got -> got.topic().endsWith("/status"))))
                    .isTrue();
        }
        assertThat(folder.resolve("run")).isEmptyDirectory();
    }

    private static boolean tellsOfTheTrial(Subscriber.Got got) {
        String payload = new String(got.payload(), StandardCharsets.UTF_8);
        return got.topic().endsWith("/report") && payload.contains("agreement") && payload.contains("p95");
    }

    private static Set<String> digests(List<PendingVerdict> rows) {
        return rows.stream()
                .map(row -> String.valueOf(row.verdict().taskDigest()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Something that a test does. */
    private interface Deed {
        void run() throws Exception;
    }

    /** The data of the first verdict that the stream brings. */
    private static String whileThePageIsOpen(RunningAgent agent, Deed deed) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(agent.page().resolve("/api/verdicts/stream"))
                .header("Accept", "text/event-stream")
                .build();
        try (var executor = Executors.newSingleThreadExecutor();
                Stream<String> lines =
                        agent.client().send(request, BodyHandlers.ofLines()).body()) {
            Iterator<String> stream = lines.iterator();
            // The first beat says that the viewer is there.
            Future<String> data = executor.submit(() -> nextData(stream, "beat"));
            data.get(30, TimeUnit.SECONDS);
            deed.run();
            return executor.submit(() -> nextData(stream, "verdict")).get(30, TimeUnit.SECONDS);
        }
    }

    private static String nextData(Iterator<String> stream, String event) {
        String name = "";
        String data = "";
        while (stream.hasNext()) {
            String line = stream.next();
            if (line.startsWith("event:")) {
                name = line.substring("event:".length()).strip();
            } else if (line.startsWith("data:")) {
                data = line;
            } else if (line.isEmpty() && name.equals(event)) {
                return data;
            }
        }
        throw new AssertionError("the stream ended");
    }

    private Subscriber fleet() throws Exception {
        return new Subscriber(broker.uri(), "fleet", "picket/v1/plant/press-4/#");
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
