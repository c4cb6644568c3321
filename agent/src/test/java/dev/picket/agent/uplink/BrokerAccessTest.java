package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules that are shipped for Mosquitto, at a real one: what arrives at somebody who may read everything. */
class BrokerAccessTest {
    private static final Path MAKES_RULES =
            Path.of(System.getProperty("picket.root")).resolve("packaging/broker/mosquitto-acl");
    private static final long SECONDS = 10;
    private static final String GATEWAY = "plant/press-4";
    private static final String STRANGER = "elsewhere/press-9";
    private static final String OWN = "picket/v1/plant/press-4/";
    private static final String OTHER = "picket/v1/plant/press-5/";

    @TempDir
    Path folder;

    @Test
    void aGatewayWritesOnlyUnderItsOwnRootAndAConsoleOnlyOrders() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder, "acl_file " + rules());
                Client witness = new Client(broker, "witness", "#");
                Client gateway = new Client(
                        broker, GATEWAY, OWN + "command/+", "picket/v1/plant/all/command/+", OTHER + "command/+");
                Client console = new Client(broker, "console", "picket/v1/console/reply/#", OWN + "verdict/+");
                Client stranger = new Client(
                        broker, STRANGER, "#", "picket/v1/plant/all/command/+", "picket/v1/plant/rollout/+")) {
            List<String> allowed = new ArrayList<>();
            for (String topic : List.of("verdict/line1", "escalation/line1", "dropped", "status", "report")) {
                allowed.add(publish(broker, GATEWAY, OWN + topic));
                publish(broker, GATEWAY, OTHER + topic);
                publish(broker, "console", OWN + topic);
                publish(broker, STRANGER, OWN + topic);
            }
            allowed.add(publish(broker, GATEWAY, "picket/v1/console/reply/7"));
            for (String listener : List.of("reader", "console", "plant")) {
                publish(broker, listener, "picket/v1/console/reply/7");
                // As of a gateway 'verdict' of a site 'reader'.
                publish(broker, listener, "picket/v1/" + listener + "/verdict/status");
                publish(broker, listener, "picket/v1/" + listener + "/report");
            }
            for (String topic :
                    List.of(OWN + "command/ping", "picket/v1/plant/rollout/7", "picket/v1/console/status")) {
                publish(broker, GATEWAY, topic);
                publish(broker, STRANGER, topic);
                allowed.add(publish(broker, "console", topic));
            }
            allowed.add(publish(broker, "console", "picket/v1/plant/all/command/ping"));
            publish(broker, "console", "elsewhere");
            publish(broker, GATEWAY, "picket/v1/plant/all/command/ping");
            allowed.add(publish(broker, "console", OTHER + "command/last"));
            allowed.add(publish(broker, "console", OWN + "command/last"));
            allowed.add(publish(broker, GATEWAY, OWN + "verdict/last"));

            assertThat(witness.until(OWN + "verdict/last")).containsExactlyElementsOf(allowed);
            assertThat(gateway.until(OWN + "command/last"))
                    .containsExactly(
                            "console " + OWN + "command/ping",
                            "console picket/v1/plant/all/command/ping",
                            "console " + OWN + "command/last");
            assertThat(console.until(OWN + "verdict/last"))
                    .containsExactly(
                            GATEWAY + " " + OWN + "verdict/line1",
                            GATEWAY + " picket/v1/console/reply/7",
                            GATEWAY + " " + OWN + "verdict/last");
            assertThat(stranger.heard).containsExactly("console picket/v1/console/status");
        }
    }

    @Test
    void aNameThatCouldReachFurtherGetsNoRules() throws Exception {
        for (String name : List.of(
                "plant", "plant/press/4", "plant/+", "#/press", "plant/all", "console/press", "plant/", " a/b")) {
            Process made = rulesOf(name, folder.resolve("refused"));
            assertThat(made.exitValue()).as(name).isEqualTo(65);
            assertThat(new String(made.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("'" + name + "' ");
            assertThat(Files.readString(folder.resolve("refused"))).doesNotContain("user " + name + "\n");
        }
    }

    /** By a connection of its own, since this broker may end one that tried what it may not. */
    private static String publish(Mosquitto broker, String user, String topic) throws MqttException {
        try (Client client = new Client(broker, user)) {
            return client.publish(topic);
        }
    }

    /** What is shipped, and one who sees all of it. */
    private Path rules() throws IOException, InterruptedException {
        Path acl = folder.resolve("acl");
        assertThat(rulesOf(GATEWAY + "\n# another site\n\n" + STRANGER, acl).exitValue())
                .isZero();
        return Files.writeString(acl, "\nuser witness\ntopic read #\n", StandardOpenOption.APPEND);
    }

    private static Process rulesOf(String gateways, Path into) throws IOException, InterruptedException {
        Process made = new ProcessBuilder(MAKES_RULES.toString())
                .redirectOutput(into.toFile())
                .start();
        try (OutputStream names = made.getOutputStream()) {
            names.write(gateways.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(made.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        return made;
    }

    /** Says its own name in what it publishes. */
    private static final class Client implements AutoCloseable, MqttCallback {
        private static final AtomicInteger CLIENTS = new AtomicInteger();

        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final String user;
        private final MqttAsyncClient client;

        Client(Mosquitto broker, String user, String... filters) throws MqttException {
            this.user = user;
            String uri = PahoLink.serverUri(broker.uri());
            this.client = new MqttAsyncClient(uri, "c" + CLIENTS.incrementAndGet(), new MemoryPersistence());
            client.setCallback(this);
            MqttConnectionOptions options = new MqttConnectionOptions();
            if (!user.isEmpty()) {
                options.setUserName(user);
                options.setPassword("-".getBytes(StandardCharsets.UTF_8));
            }
            client.connect(options).waitForCompletion(TimeUnit.SECONDS.toMillis(SECONDS));
            for (String filter : filters) {
                client.subscribe(filter, 1).waitForCompletion(TimeUnit.SECONDS.toMillis(SECONDS));
            }
        }

        /** Waits for the acknowledgement, or for the refusal. */
        String publish(String topic) throws MqttException {
            String text = user + " " + topic;
            IMqttToken sent = client.publish(topic, text.getBytes(StandardCharsets.UTF_8), 1, false);
            try {
                sent.waitForCompletion(TimeUnit.SECONDS.toMillis(SECONDS));
            } catch (MqttException e) {
                assertThat(e.getReasonCode()).as(topic).isEqualTo(135);
            }
            return text;
        }

        List<String> until(String topic) throws InterruptedException {
            List<String> all = new ArrayList<>();
            while (all.isEmpty() || !all.getLast().endsWith(" " + topic)) {
                String next = heard.poll(SECONDS, TimeUnit.SECONDS);
                assertThat(next).as("the next of what arrives after " + all).isNotNull();
                all.add(next);
            }
            return all;
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            heard.add(new String(message.getPayload(), StandardCharsets.UTF_8));
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {}

        @Override
        public void mqttErrorOccurred(MqttException e) {}

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean again, String uri) {}

        @Override
        public void authPacketArrived(int reason, MqttProperties properties) {}

        @Override
        public void close() throws MqttException {
            if (client.isConnected()) {
                client.disconnectForcibly(0, 0, false);
            }
            client.close(true);
        }
    }
}
