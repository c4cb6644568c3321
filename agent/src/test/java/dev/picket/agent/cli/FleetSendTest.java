package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.line.Acks;
import dev.picket.agent.line.Line;
import dev.picket.agent.line.Weather;
import dev.picket.agent.uplink.Agent;
import dev.picket.agent.uplink.Configs;
import dev.picket.agent.uplink.Mosquitto;
import dev.picket.agent.uplink.Subscriber;
import dev.picket.ota.release.CommandJwks;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code picket fleet send | key} against a real broker, and gateways that are real or play one. */
class FleetSendTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private Mosquitto broker;

    @BeforeEach
    void aBrokerAndAPassphrase() throws Exception {
        broker = Mosquitto.start(folder, "log_type subscribe");
        Files.writeString(folder.resolve("passphrase"), "correct horse\n");
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void aGatewayAnswersItsPing() throws Exception {
        try (Agent agent = new Agent(folder, Configs.uplink(broker.uri()))) {
            agent.start().awaitUp();
            Shell.Ended told = send("ping", "--gateway", "press-4");
            assertThat(told.code()).as(told.err()).isZero();
            assertThat(told.lines().getFirst()).isEqualTo("plant/press-4: 200");

            Shell.Ended json = send("status", "--gateway", "press-4", "--json");
            assertThat(json.code()).isZero();
            JsonNode line = JSON.readTree(json.out());
            assertThat(line.path("status").asInt()).isEqualTo(200);
            assertThat(line.path("body").path("ackedThrough").isObject()).isTrue();
        }
    }

    @Test
    void anAnswerThatIsNoResultIsExitCodeOne() throws Exception {
        key();
        try (Agent agent = new Agent(folder, Configs.uplink(broker.uri()))) {
            agent.start().awaitUp();
            Shell.Ended ended = send("dance", "--gateway", "press-4", "--key", path("ops.key"));
            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.out()).contains("\"error\"");
        }
    }

    @Test
    void noAnswerInTimeIsOneSentence() {
        send("ping", "--gateway", "nobody", "--wait", "300ms").saysOneSentence(69, "no answer", "picket fleet watch");
    }

    @Test
    void noBrokerIsOneSentence() throws Exception {
        broker.kill();
        send("ping", "--gateway", "press-4").saysOneSentence(69, "No connection to mqtt://127.0.0.1");
    }

    @Test
    void wrongWordsAreTold() {
        send("ping").failsWith(64, "--gateway");
        send("ping", "--gateway", "a/b").saysOneSentence(64, "the gateway 'a/b'");
        send("Ping!", "--gateway", "a").saysOneSentence(64, "no verb");
        send("install", "--gateway", "a").saysOneSentence(64, "must be signed", "picket fleet key");
        send("ping", "--gateway", "a", "--params", "[1]").saysOneSentence(65, "--params is not a JSON object");
        send("ping", "--gateway", "a", "--expires", "8d").saysOneSentence(64, "--expires");
        send("ping", "--gateway", "a", "--expires", "soon").failsWith(64, "'soon' is not a duration");
    }

    @Test
    void aKeyIsMadePublishedAndSignsWhatItSends() throws Exception {
        Shell.Ended made = key();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("ops.key"))))
                .isEqualTo("rw-------");
        assertThat(made.out()).contains("\"kid\":\"ops-2026\"").doesNotContain("correct horse");
        keyArgs("fleet", "key", "--out", path("ops.key"), "--name", "x", "--site", "plant")
                .saysOneSentence(65, "there already");
        keyArgs("release", "init", "--repository", path("repo"));
        Shell.run("release", "command-keys", path("ops.key.jwk.json"), "--repository", path("repo"));
        keyArgs("release", "publish", path("www"), "--repository", path("repo"));
        Path published;
        try (Stream<Path> files = Files.list(folder.resolve("www/targets/picket"))) {
            published = files.findFirst().orElseThrow();
        }
        CommandJwks keys = CommandJwks.parse("published", Files.readAllBytes(published));

        try (Subscriber gateway = new Subscriber(broker.uri(), "press-4", "picket/v1/plant/press-4/command/+")) {
            Files.writeString(folder.resolve("params.json"), "{\"set\":\"factory/7\"}");
            CompletableFuture<Shell.Ended> sending = sending(() -> send(
                    "install",
                    "--gateway",
                    "press-4",
                    "--key",
                    path("ops.key"),
                    "--params",
                    "@" + path("params.json")));
            Subscriber.Got request = first(gateway);
            reply(gateway, request, 200, "{}");
            assertThat(sending.get(30, TimeUnit.SECONDS).code()).isZero();

            assertThat(request.raw().getResponseTopic()).startsWith("picket/v1/console/reply/");
            assertThat(request.raw().getCorrelationData()).hasSize(16);
            assertThat(request.raw().getMessageExpiryInterval()).isBetween(50L, 60L);
            List<String> jws = List.of(text(request).split("\\.", -1));
            JsonNode header = JSON.readTree(Base64.getUrlDecoder().decode(jws.get(0)));
            JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(jws.get(1)));
            assertThat(header.path("alg").asText()).isEqualTo("EdDSA");
            assertThat(claims.path("verb").asText()).isEqualTo("install");
            assertThat(claims.path("aud").asText()).isEqualTo("plant/press-4");
            assertThat(claims.path("params").path("set").asText()).isEqualTo("factory/7");
            assertThat(claims.path("exp").asLong() - claims.path("iat").asLong())
                    .isEqualTo(60);
            assertThat(claims.path("jti").asText()).hasSize(32);
            assertThat(keys.find(header.path("kid").asText())
                            .orElseThrow()
                            .verifies(
                                    (jws.get(0) + "." + jws.get(1)).getBytes(StandardCharsets.US_ASCII),
                                    Base64.getUrlDecoder().decode(jws.get(2))))
                    .isTrue();
        }
    }

    @Test
    void aFaultyKeySetIsTold() throws Exception {
        keyArgs("release", "init", "--repository", path("repo"));
        Files.writeString(folder.resolve("keys.json"), "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\"}]}");
        Shell.run("release", "command-keys", path("keys.json"), "--repository", path("repo"))
                .saysOneSentence(65, "keys.json holds a key that is no Ed25519 key");
        Files.writeString(folder.resolve("keys.json"), "{\"keys\":");
        Shell.run("release", "command-keys", path("keys.json"), "--repository", path("repo"))
                .saysOneSentence(65, "keys.json is not JSON");
    }

    @Test
    void aJobIsFollowedToItsEnd() throws Exception {
        try (Subscriber gateway = new Subscriber(broker.uri(), "press-4", "picket/v1/plant/press-4/command/+")) {
            CompletableFuture<Shell.Ended> sending =
                    sending(() -> send("report", "--gateway", "press-4", "--wait", "2s"));
            Subscriber.Got request = first(gateway);
            String report =
                    "{\"jobs\":[{\"id\":\"j1\",\"verb\":\"report\",\"state\":\"running\",\"progress\":\"half done\"}]}";
            gateway.publish(
                    "picket/v1/plant/press-4/report",
                    report.getBytes(StandardCharsets.UTF_8),
                    true,
                    new MqttProperties());
            reply(gateway, request, 202, "{\"job\":\"j1\"}");
            // What is retained goes to a new subscriber before anything that comes after it.
            broker.awaitLog("picket-console-\\w+ 1 picket/v1/plant/press-4/report");
            reply(gateway, request, 500, "{\"error\":\"the disk is full\"}");

            Shell.Ended ended = sending.get(30, TimeUnit.SECONDS);
            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.err()).contains("plant/press-4, job j1: running: half done");
            assertThat(ended.out()).contains("plant/press-4: 202", "plant/press-4: 500", "the disk is full");
        }
    }

    @Test
    void allOfASiteAnswer() throws Exception {
        try (Subscriber gateways = new Subscriber(broker.uri(), "both", "picket/v1/plant/all/command/+")) {
            CompletableFuture<Shell.Ended> sending = sending(() -> send("ping", "--all", "--wait", "3s", "--json"));
            Subscriber.Got request = first(gateways);
            for (String each : List.of("press-4", "press-5", "press-4")) {
                reply(gateways, request, 200, "{}", new UserProperty("gateway", each));
            }
            Shell.Ended ended = sending.get(30, TimeUnit.SECONDS);
            assertThat(ended.code()).isZero();
            assertThat(ended.lines()).hasSize(2);
            assertThat(ended.out()).contains("\"gateway\":\"plant/press-4\"", "\"gateway\":\"plant/press-5\"");
        }
    }

    @Test
    void afterABreakTheSameRequestIsSentAgain() throws Exception {
        // Only the console's line breaks: after a broker's death it might ask again before the gateway hears.
        try (Subscriber gateway = new Subscriber(broker.uri(), "press-4", "picket/v1/plant/press-4/command/+");
                Line line = new Line(broker.uri(), Weather.CLEAR, Acks.PROMPT, 1)) {
            CompletableFuture<Shell.Ended> sending =
                    sending(() -> sendOver(line.uri(), "ping", "--gateway", "press-4", "--wait", "60s"));
            first(gateway);
            line.off();
            line.on();
            assertThat(gateway.awaits(g -> g.all().size() >= 2)).isTrue();
            List<Subscriber.Got> requests = gateway.all();
            for (Subscriber.Got each : requests) {
                assertThat(each.raw().getCorrelationData())
                        .isEqualTo(requests.getFirst().raw().getCorrelationData());
                assertThat(each.raw().getResponseTopic())
                        .isEqualTo(requests.getFirst().raw().getResponseTopic());
            }
            reply(gateway, requests.getLast(), 200, "{}");
            Shell.Ended ended = sending.get(60, TimeUnit.SECONDS);
            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(ended.err()).contains("trying again");
        }
    }

    private static CompletableFuture<Shell.Ended> sending(Supplier<Shell.Ended> command) {
        return CompletableFuture.supplyAsync(command, Thread::startVirtualThread);
    }

    private static Subscriber.Got first(Subscriber gateway) throws InterruptedException {
        assertThat(gateway.awaits(g -> !g.all().isEmpty())).isTrue();
        return gateway.all().getFirst();
    }

    private static void reply(Subscriber gateway, Subscriber.Got request, int status, String body, UserProperty... more)
            throws Exception {
        MqttProperties properties = new MqttProperties();
        properties.setCorrelationData(request.raw().getCorrelationData());
        properties.setUserProperties(
                Stream.concat(Stream.of(new UserProperty("status", Integer.toString(status))), Stream.of(more))
                        .toList());
        gateway.publish(request.raw().getResponseTopic(), body.getBytes(StandardCharsets.UTF_8), false, properties);
    }

    private Shell.Ended key() {
        Shell.Ended made = keyArgs("fleet", "key", "--out", path("ops.key"), "--name", "ops-2026", "--site", "plant");
        assertThat(made.code()).as(made.err()).isZero();
        return made;
    }

    private Shell.Ended keyArgs(String... words) {
        return Shell.run(Stream.concat(Stream.of(words), Stream.of("--passphrase-file", path("passphrase")))
                .toArray(String[]::new));
    }

    private Shell.Ended send(String... words) {
        return sendOver(broker.uri(), words);
    }

    private Shell.Ended sendOver(URI over, String... words) {
        List<String> usual =
                List.of("--broker", over.toString(), "--site", "plant", "--passphrase-file", path("passphrase"));
        return Shell.run(Stream.of(Stream.of("fleet", "send"), Stream.of(words), usual.stream())
                .flatMap(each -> each)
                .toArray(String[]::new));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private static String text(Subscriber.Got got) {
        return new String(got.payload(), StandardCharsets.UTF_8);
    }
}
