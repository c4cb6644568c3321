package dev.picket.agent.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.picket.agent.state.CommandKey;
import dev.picket.agent.uplink.Agent;
import dev.picket.agent.uplink.Configs;
import dev.picket.agent.uplink.Mosquitto;
import dev.picket.agent.uplink.Subscriber;
import dev.picket.agent.uplink.Subscriber.Got;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command flow over a real broker: what a console sends, and what it gets. */
class CommandInboxTest {
    private static final String ROOT = "picket/v1/plant/press-4/command/";
    private static final String REPLY = "picket/v1/console/reply/desk-1";

    @TempDir
    Path folder;

    private final Counting counting = new Counting("count", true);
    private final Counting once = new Counting("once", false);

    private Mosquitto broker;
    private Subscriber console;

    /** Counts how often it was run. */
    private static final class Counting implements CommandHandler {
        private final String verb;
        private final boolean idempotent;
        private final AtomicInteger runs = new AtomicInteger();

        Counting(String verb, boolean idempotent) {
            this.verb = verb;
            this.idempotent = idempotent;
        }

        @Override
        public String verb() {
            return verb;
        }

        @Override
        public boolean idempotent() {
            return idempotent;
        }

        @Override
        public boolean signed() {
            return false;
        }

        @Override
        public Answer answer(Request request) {
            if (request.params().has("fail")) {
                throw new IllegalStateException("told to fail");
            }
            return Answer.now(200, JsonNodeFactory.instance.objectNode().put("runs", runs.incrementAndGet()));
        }
    }

    @BeforeEach
    void connectConsole() throws Exception {
        broker = Mosquitto.start(folder, "max_inflight_messages 1000");
        console = new Subscriber(broker.uri(), "console", "picket/v1/console/reply/#");
    }

    @AfterEach
    void disconnectConsole() {
        console.close();
        broker.close();
    }

    private Agent agent() throws Exception {
        var config = Configs.uplink(broker.uri());
        return new Agent(folder, config, Configs.link(config), List.of(counting, once));
    }

    /** An agent that has been there once, so that the broker keeps its commands. */
    private Agent upAgent() throws Exception {
        Agent agent = agent().start();
        agent.awaitUp();
        return agent;
    }

    private void send(String topic, @Nullable String replyTo, int correlation, @Nullable Long expiry, int bytes)
            throws Exception {
        send(topic, replyTo, correlation, expiry, new byte[bytes]);
    }

    private void send(String topic, @Nullable String replyTo, int correlation, @Nullable Long expiry, byte[] payload)
            throws Exception {
        MqttProperties properties = new MqttProperties();
        if (replyTo != null) {
            properties.setResponseTopic(replyTo);
        }
        if (correlation > 0) {
            properties.setCorrelationData(new byte[] {(byte) correlation});
        }
        if (expiry != null) {
            properties.setMessageExpiryInterval(expiry);
        }
        console.publish(topic, payload, false, properties);
    }

    private Got reply(int n) throws InterruptedException {
        assertThat(console.awaits(c -> c.all().size() >= n)).as("reply %d", n).isTrue();
        return console.all().get(n - 1);
    }

    private static JsonNode json(Got reply) throws IOException {
        return new ObjectMapper().readTree(reply.payload());
    }

    @Test
    void pingAndStatusAreAnsweredWithTheirCorrelationData() throws Exception {
        try (Agent agent = upAgent()) {
            send(ROOT + "ping", REPLY, 1, 60L, 0);
            Got pong = reply(1);
            assertThat(pong.topic()).isEqualTo(REPLY);
            assertThat(pong.properties()).containsEntry("status", "200");
            assertThat(pong.raw().getCorrelationData()).containsExactly(1);
            assertThat(json(pong).path("pong").asBoolean()).isTrue();

            send("picket/v1/plant/all/command/status", REPLY, 2, 60L, 0);
            Got status = reply(2);
            assertThat(status.raw().getCorrelationData()).containsExactly(2);
            assertThat(json(status).path("judging").asText()).isEqualTo("ready");
            assertThat(agent.session()).isEqualTo(1);
        }
    }

    @Test
    void aCommandSentTwiceRunsOnceAndGetsTheSameReplyTwice() throws Exception {
        try (Agent _ = upAgent()) {
            send(ROOT + "count", REPLY, 5, 60L, 0);
            Got first = reply(1);
            send(ROOT + "count", REPLY, 5, 60L, 0);
            Got second = reply(2);

            assertThat(second.payload()).isEqualTo(first.payload());
            assertThat(counting.runs).hasValue(1);
        }
    }

    @Test
    void aCommandThatWaitedAtTheBrokerIsAnsweredAfterTheRestart() throws Exception {
        upAgent().close();
        send(ROOT + "ping", REPLY, 9, 60L, 0);
        try (Agent _ = agent().start()) {
            assertThat(reply(1).properties()).containsEntry("status", "200");
        }
    }

    @Test
    void anUnsignedCommandIsRememberedForTenMinutesAtMost() throws Exception {
        try (Agent agent = upAgent()) {
            send(ROOT + "ping", REPLY, 1, 86_400L, 0);
            reply(1);
            assertThat(agent.state.commands().expire(Instant.now().plusSeconds(500)))
                    .isZero();
            assertThat(agent.state.commands().expire(Instant.now().plusSeconds(601)))
                    .isEqualTo(1);
        }
    }

    @Test
    void whatWasStartedBeforeACrashRunsAgainOnlyWhereThatIsHarmless() throws Exception {
        try (Agent agent = agent()) {
            Instant later = Instant.now().plusSeconds(60);
            for (String verb : List.of("count", "once")) {
                CommandKey key = new CommandKey(REPLY, new byte[] {(byte) (verb.equals("count") ? 1 : 2)});
                agent.state.commands().receive(key, verb, later, null);
                agent.state.commands().started(key);
            }
            agent.start().awaitUp();
            send(ROOT + "count", REPLY, 1, 60L, 0);
            assertThat(reply(1).properties()).containsEntry("status", "200");
            send(ROOT + "once", REPLY, 2, 60L, 0);
            assertThat(reply(2).properties()).containsEntry("status", "500");
            assertThat(json(reply(2)).path("error").asText()).startsWith("interrupted");
            assertThat(once.runs).hasValue(0);
        }
    }

    @Test
    void faultyCommandsAreAnsweredWithTheirFaultAndSignedOnesAreNotTaken() throws Exception {
        try (Agent _ = upAgent()) {
            send(ROOT + "ping", REPLY, 0, 60L, 0);
            assertThat(reply(1).properties()).containsEntry("status", "400");
            send(ROOT + "ping", REPLY, 1, null, 0);
            assertThat(reply(2).properties()).containsEntry("status", "400");
            send(ROOT + "dance", REPLY, 2, 60L, 0);
            assertThat(reply(3).properties()).containsEntry("status", "404");
            send(ROOT + "resend", REPLY, 3, 60L, 0);
            assertThat(reply(4).properties()).containsEntry("status", "400");
            send(ROOT + "ping", REPLY, 4, 60L, 70_000);
            assertThat(reply(5).properties()).containsEntry("status", "413");
            send(ROOT + "count", REPLY, 6, 60L, "{\"fail\":1}".getBytes(StandardCharsets.UTF_8));
            assertThat(reply(6).properties()).containsEntry("status", "500");
            send(ROOT + "count", REPLY, 7, 60L, "not JSON".getBytes(StandardCharsets.UTF_8));
            assertThat(reply(7).properties()).containsEntry("status", "400");
        }
    }

    @Test
    void aCommandWithNowhereToReplyIsAcknowledgedAndBlocksNothing() throws Exception {
        try (Agent _ = upAgent()) {
            for (int i = 1; i <= 20; i++) {
                send(ROOT + "count", i % 2 == 0 ? "elsewhere/reply" : null, i, 60L, 0);
            }
            send(ROOT + "ping", REPLY, 99, 60L, 0);
            assertThat(reply(1).raw().getCorrelationData()).containsExactly(99);
            assertThat(new String(reply(1).payload(), StandardCharsets.UTF_8)).contains("pong");
            assertThat(counting.runs).hasValue(0);
        }
    }
}
