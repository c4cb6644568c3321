package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.ReleaseShop;
import dev.picket.agent.console.Orders;
import dev.picket.agent.rollout.Claims;
import dev.picket.agent.rollout.Gateway;
import dev.picket.agent.rollout.Rollout;
import dev.picket.agent.uplink.Mosquitto;
import dev.picket.ota.release.CommandJwk;
import dev.picket.ota.repository.KeyFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.MqttClient;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code picket fleet rollout}, over a real broker, against gateways. */
class FleetRolloutTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private Mosquitto broker;
    private ReleaseShop shop;
    private KeyFile key;

    @BeforeEach
    void aShopThatKnowsTheKey() throws Exception {
        broker = Mosquitto.start(folder);
        shop = new ReleaseShop(folder.resolve("shop"));
        shop.publish("1");
        shop.publish("2");
        key = KeyFile.create(folder.resolve("ops.key"), "ops", "secret".toCharArray(), 10);
        Files.writeString(folder.resolve("pass"), "secret\n");
        shop.commandKeys(new CommandJwk("ops", key.key().publicHex(), List.of("rollout"), List.of("plant")));
        shop.pointAt("factory/1");
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void itStartsWithAShareGoesOnWithAllAndTellsWhereEachStands() throws Exception {
        List<String> names = new ArrayList<>(List.of("press-4", "mill-1"));
        names.sort(Comparator.comparingInt(each -> Rollout.place(each, "spring")));
        int share = Rollout.place(names.get(0), "spring") + 1;
        try (Gateway near = gateway(names.get(0));
                Gateway far = gateway(names.get(1))) {
            fleet("status").saysOneSentence(69, "there is no rollout 'spring' at the site plant");
            Shell.Ended first = signed("start", "--set", "factory/2", "--percent", Integer.toString(share));
            assertThat(first.code()).as(first.err()).isZero();
            assertThat(first.out())
                    .contains(names.get(0))
                    .contains("spring: 1 proved")
                    .doesNotContain(names.get(1));
            near.awaitProved("factory/2");
            assertThat(far.trial.serving()).isEqualTo("factory/1");
            signed("start", "--set", "factory/2").saysOneSentence(64, "already", "resume");

            JsonNode paused = JSON.readTree(signed("pause", "--json").out());
            assertThat(paused.path("state").asText()).isEqualTo("paused");
            assertThat(paused.path("revision").asInt()).isEqualTo(2);
            Shell.Ended all = signed("resume", "--percent", "100", "--json");
            assertThat(all.code()).as(all.err()).isZero();
            far.awaitProved("factory/2");
            assertThat(JSON.readTree(all.out()).path("counts").toString()).isEqualTo("{\"proved\":2}");

            JsonNode status = JSON.readTree(fleet("status", "--json").out());
            assertThat(status.path("revision").asInt()).isEqualTo(3);
            assertThat(status.path("gateways"))
                    .hasSize(2)
                    .allSatisfy(each -> assertThat(each.path("state").asText()).isEqualTo("proved"));
        }
    }

    @Test
    void anAbortIsFollowedUntilTheLastIsBack() throws Exception {
        try (Gateway gateway = gateway("press-4")) {
            gateway.trial.hold("probation");
            Shell.Ended started = signed("start", "--set", "factory/2", "--no-follow");
            assertThat(started.code()).as(started.err()).isZero();
            gateway.awaitSwitchedTo("factory/2");
            Shell.Ended aborted = signed("abort");
            assertThat(aborted.code()).as(aborted.err()).isZero();
            assertThat(aborted.out()).contains("rolled-back(aborted)").contains("aborted, 100 %");
            gateway.awaitProved("factory/1");
        }
    }

    @Test
    void itAbortsByItselfOnceTooManyFoundTheSetNoGood() throws Exception {
        try (Gateway bad = gateway("press-4");
                Gateway slow = gateway("mill-1")) {
            bad.trial.failAt("examine");
            slow.trial.hold("shadow");
            CompletableFuture<Shell.Ended> ended = new CompletableFuture<>();
            Thread.ofPlatform().start(() -> ended.complete(signed("start", "--set", "factory/2", "--abort-at", "1")));
            Shell.Ended told = ended.get(60, TimeUnit.SECONDS);
            assertThat(told.code()).as(told.err()).isEqualTo(1);
            assertThat(told.err()).contains("1 gateways found the Set no good");
            assertThat(told.out()).contains("rejected(exam-failed)").contains("rejected(aborted)");
            assertThat(slow.trial.serving()).isEqualTo("factory/1");
        }
    }

    @Test
    void aShareThatMeansNoneOfTheGatewaysSaysSo() throws Exception {
        try (Gateway gateway = gateway("press-4")) {
            gateway.awaitProved("factory/1");
            Shell.Ended started = signed("start", "--set", "factory/2", "--percent", "0", "--no-follow");
            assertThat(started.code()).as(started.err()).isZero();
            assertThat(fleet("status").out()).contains("none of the 1 gateways that report is in");
        }
    }

    @Test
    void whatNoGatewayWouldTakeIsToldBeforeItIsSaid() {
        signed("start", "--set", "factory").saysOneSentence(64, "factory/7");
        signed("start", "--set", "factory/2", "--percent", "101").saysOneSentence(64, "0 to 100");
        signed("start", "--set", "factory/2", "--window", "night").saysOneSentence(64, "22:00-05:00");
        signed("start", "--set", "factory/2", "--not-after", "91d").saysOneSentence(64, "90d");
        signed("start", "--set", "factory/2", "--group", "a/b").saysOneSentence(64, "group");
        signed("abort").saysOneSentence(69, "there is no rollout");
    }

    @Test
    void allRolloutsOfASiteAreOneTableAndWhoseSignatureIsNotKnownIsSaid() throws Exception {
        assertThat(site("status").out()).contains("No rollout lies there.");
        signed("start", "--set", "factory/2", "--percent", "10", "--no-follow");
        retain("picket/v1/plant/rollout/autumn", "nonsense");
        String[] published = {
            "--root", shop.root().toString(), "--repository", shop.served().toString()
        };

        Shell.Ended plain = site("status");
        assertThat(plain.out().lines().toList()).hasSize(2);
        assertThat(plain.out()).contains("autumn", "no rollout:", "spring", "factory/2", "10 %", "not verified: give");
        assertThat(site("status", published).out()).doesNotContain("not verified");
        assertThat(fleet("status").out()).contains("The order is not verified: give --root and --repository.");
        assertThat(fleet("status", published).out()).doesNotContain("verified");
        site("status", "--root", shop.root().toString()).saysOneSentence(64, "go together");
    }

    @Test
    void anOrderThatSomebodyElsePutThereIsNotSignedAnewInItsWords() throws Exception {
        KeyFile foreign = KeyFile.create(folder.resolve("foreign.key"), "ops", "secret".toCharArray(), 10);
        Rollout evil = new Rollout(
                "spring",
                1,
                "evil/1",
                Set.of(),
                100,
                Rollout.State.PAUSED,
                null,
                Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS),
                true);
        byte[] token = Orders.jws(foreign, new Claims("plant/*", Instant.now(), evil).toJson());
        retain("picket/v1/plant/rollout/spring", new String(token, StandardCharsets.US_ASCII));

        for (String change : List.of("resume", "pause", "abort")) {
            signed(change).saysOneSentence(65, "Set evil/1", "not signed by this key");
        }
        assertThat(fleet("status", "--json").out()).contains("\"revision\":1", "\"verified\":false");
        assertThat(fleet(
                                "status",
                                "--root",
                                shop.root().toString(),
                                "--repository",
                                shop.served().toString())
                        .out())
                .contains("The signature is not that of the key 'ops'");
    }

    @Test
    void anOrderOfAnotherRolloutIsNotTakenForThisOne() throws Exception {
        Rollout autumn = new Rollout(
                "autumn",
                7,
                "factory/1",
                Set.of(),
                100,
                Rollout.State.ACTIVE,
                null,
                Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS),
                true);
        byte[] token = Orders.jws(key, new Claims("plant/*", Instant.now(), autumn).toJson());
        retain("picket/v1/plant/rollout/spring", new String(token, StandardCharsets.US_ASCII));
        signed("pause").saysOneSentence(65, "is no rollout", "autumn");
    }

    @Test
    void aGatewayOfAnotherGroupIsNotCountedAndOneThatIsAwayIs() throws Exception {
        retain("picket/v1/plant/mill-1/report", "{\"takesRollouts\":true,\"groups\":[\"north\"],\"rollouts\":[]}");
        retain("picket/v1/plant/mill-2/report", "{\"takesRollouts\":true,\"groups\":[\"south\"],\"rollouts\":[]}");
        retain("picket/v1/plant/mill-3/report", "{\"takesRollouts\":false,\"groups\":[\"north\"],\"rollouts\":[]}");
        signed("start", "--set", "factory/2", "--group", "north", "--no-follow");
        assertThat(fleet("status").out())
                .contains("mill-1", "spring: 1 silent, of 1 that are in")
                .doesNotContain("mill-2", "mill-3");
    }

    private void retain(String topic, String payload) throws Exception {
        MqttClient client = new MqttClient("tcp://" + broker.uri().getAuthority(), "retainer", new MemoryPersistence());
        client.connect();
        client.publish(topic, payload.getBytes(StandardCharsets.UTF_8), 1, true);
        client.disconnect();
        client.close();
    }

    private Shell.Ended site(String verb, String... words) {
        List<String> all = new ArrayList<>(List.of("fleet", "rollout", verb, "--site", "plant"));
        all.addAll(List.of("--broker", broker.uri().toString()));
        all.addAll(List.of(words));
        return Shell.run(all.toArray(String[]::new));
    }

    private Gateway gateway(String name) throws Exception {
        Gateway gateway = Gateway.start(new Gateway.Setting(folder, name, broker.uri(), shop));
        gateway.awaitProved("factory/1");
        return gateway;
    }

    private Shell.Ended signed(String verb, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(
                "--key",
                folder.resolve("ops.key").toString(),
                "--passphrase-file",
                folder.resolve("pass").toString()));
        return fleet(verb, all.toArray(String[]::new));
    }

    private Shell.Ended fleet(String verb, String... words) {
        List<String> all = new ArrayList<>(List.of("fleet", "rollout", verb, "--site", "plant", "--id", "spring"));
        all.addAll(List.of("--broker", broker.uri().toString()));
        all.addAll(List.of(words));
        return Shell.run(all.toArray(String[]::new));
    }
}
