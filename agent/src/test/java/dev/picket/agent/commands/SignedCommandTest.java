package dev.picket.agent.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.uplink.Agent;
import dev.picket.agent.uplink.Configs;
import dev.picket.agent.uplink.Mosquitto;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each refusal over a real broker: a reply with its status, a counter, and nothing done. */
class SignedCommandTest {
    @TempDir
    static Path shared;

    private static Mosquitto broker;

    @TempDir
    Path folder;

    private final Effects effects = new Effects(false);
    private Signer signer;
    private Desk desk;
    private Agent agent;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = Mosquitto.start(shared, "max_inflight_messages 1000");
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void connect() throws Exception {
        signer = new Signer("desk").knownIn(folder);
        desk = new Desk(broker.uri());
        agent = agent().start();
        agent.awaitUp();
    }

    @AfterEach
    void disconnect() {
        agent.close();
        desk.close();
    }

    private Agent agent() throws Exception {
        UplinkConfig config = Configs.uplink(broker.uri());
        return new Agent(folder, config, Configs.link(config), List.of(effects));
    }

    private static ObjectNode claims(String id) {
        return Signer.claims("effect", id);
    }

    private void refuses(String correlation, byte[] payload, int status, String reason) throws Exception {
        desk.send("effect", correlation, payload);
        assertRefused(correlation, status, reason);
    }

    private void assertRefused(@Nullable String correlation, int status, String reason) throws Exception {
        assertThat(desk.status(correlation, 1)).isEqualTo(status);
        assertThat(desk.json(correlation, 1).path("error").asText()).endsWith(".");
        assertThat(agent.commands.counts().refused()).containsEntry(reason, 1L);
        assertThat(effects.done).isEmpty();
    }

    @Test
    void aSignedCommandRunsOnceAndSaysWhichGatewayAnswers() throws Exception {
        byte[] token = signer.sign(claims("o-1"));
        desk.send("effect", "c1", token);
        assertThat(desk.status("c1", 1)).isEqualTo(200);
        assertThat(desk.reply("c1", 1).properties()).containsEntry("gateway", "plant/press-4");
        desk.send("effect", "c1", token);
        assertThat(desk.reply("c1", 2).payload()).isEqualTo(desk.reply("c1", 1).payload());
        assertThat(effects.done).containsExactly("o-1");
        assertThat(agent.commands.counts().answered()).containsEntry("effect 200", 1L);
        assertThat(agent.commands.counts().refused()).isEmpty();
    }

    @Test
    void aCommandToAllOfTheSiteRunsHere() throws Exception {
        desk.send(
                Desk.ALL + "effect",
                Desk.REPLY,
                "c1",
                60L,
                signer.sign(claims("o-1").put("aud", "plant/*")));
        assertThat(desk.status("c1", 1)).isEqualTo(200);
        assertThat(effects.done).hasSize(1);
    }

    @Test
    void anUnknownVerbIsRefused() throws Exception {
        desk.send("dance", "c1", signer.sign(claims("o-1")));
        assertRefused("c1", 404, "unknown-verb");
        assertThat(agent.commands.counts().answered()).containsEntry("unknown 404", 1L);
    }

    @Test
    void aPayloadThatIsNotSignedIsRefused() throws Exception {
        refuses("c1", "{\"verb\":\"effect\"}".getBytes(StandardCharsets.UTF_8), 400, "bad-token");
    }

    @Test
    void badJsonOfAnUnsignedVerbIsRefused() throws Exception {
        desk.send("ping", "c1", "{".getBytes(StandardCharsets.UTF_8));
        assertRefused("c1", 400, "bad-json");
    }

    @Test
    void anOversizedCommandIsRefused() throws Exception {
        refuses("c1", new byte[65_537], 413, "too-large");
    }

    @Test
    void anExpiredCommandIsRefused() throws Exception {
        long now = Instant.now().getEpochSecond();
        refuses("c1", signer.sign(claims("o-1").put("iat", now - 60).put("exp", now - 1)), 410, "expired");
    }

    @Test
    void aReplayedCommandIsRefused() throws Exception {
        byte[] token = signer.sign(claims("o-1"));
        desk.send("effect", "c1", token);
        assertThat(desk.status("c1", 1)).isEqualTo(200);
        effects.done.clear();
        refuses("c2", token, 409, "replayed");
    }

    @Test
    void aReplayedCommandIsRefusedAfterARestart() throws Exception {
        byte[] token = signer.sign(claims("o-1"));
        desk.send("effect", "c1", token);
        assertThat(desk.status("c1", 1)).isEqualTo(200);
        agent.close();
        effects.done.clear();
        agent = agent().start();
        refuses("c2", token, 409, "replayed");
    }

    @Test
    void aCommandForAnotherAudienceIsRefused() throws Exception {
        refuses("c1", signer.sign(claims("o-1").put("aud", "plant/press-5")), 403, "wrong-audience");
    }

    @Test
    void aVerbOtherThanTheTopicsIsRefused() throws Exception {
        refuses("c1", signer.sign(Signer.claims("restart", "o-1")), 400, "verb-differs");
    }

    @Test
    void anUnknownKeyIsRefused() throws Exception {
        refuses("c1", new Signer("stranger").sign(claims("o-1")), 401, "unknown-key");
    }

    @Test
    void aForgedSignatureIsRefused() throws Exception {
        refuses("c1", new Signer("desk").sign(claims("o-1")), 401, "bad-signature");
    }

    @Test
    void withoutKeysSignedCommandsWaitForThem() throws Exception {
        agent.close();
        Files.delete(folder.resolve("updates/command-keys.json"));
        agent = agent().start();
        refuses("c1", signer.sign(claims("o-1")), 503, "no-keys");
        desk.send("ping", "c2", new byte[0]);
        assertThat(desk.status("c2", 1)).isEqualTo(200);
    }

    @Test
    void whatHasNoCorrelationDataOrExpiryIsRefused() throws Exception {
        byte[] token = signer.sign(claims("o-1"));
        desk.send(Desk.ROOT + "effect", Desk.REPLY, null, 60L, token);
        assertRefused(null, 400, "no-correlation");
        desk.send(Desk.ROOT + "effect", Desk.REPLY, "c1", null, token);
        assertRefused("c1", 400, "no-expiry");
    }

    @Test
    void aForeignOrMissingResponseTopicIsCountedAndAcknowledged() throws Exception {
        byte[] token = signer.sign(claims("o-1"));
        desk.send(Desk.ROOT + "effect", null, "c1", 60L, token);
        desk.send(Desk.ROOT + "effect", "picket/v1/plant/press-4/command/restart", "c2", 60L, token);
        desk.send("ping", "c3", new byte[0]);
        assertThat(desk.status("c3", 1)).isEqualTo(200);
        assertThat(agent.commands.counts().refused()).containsEntry("nowhere-to-reply", 2L);
        assertThat(effects.done).isEmpty();
        agent.close();
        agent = agent().start();
        agent.awaitUp();
        desk.send("ping", "c4", new byte[0]);
        assertThat(desk.status("c4", 1)).isEqualTo(200);
        assertThat(agent.commands.counts().refused()).as("nothing came again").isEmpty();
    }

    @Test
    void aHandlerWithAFaultAnswersOnceAndTheNextCommandRuns() throws Exception {
        ObjectNode failing = claims("o-1");
        failing.putObject("params").put("fail", true);
        desk.send("effect", "c1", signer.sign(failing));
        assertThat(desk.status("c1", 1)).isEqualTo(500);
        desk.send("effect", "c2", signer.sign(claims("o-2")));
        assertThat(desk.status("c2", 1)).isEqualTo(200);
    }
}
