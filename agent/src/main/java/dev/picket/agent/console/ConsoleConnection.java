package dev.picket.agent.console;

import dev.picket.agent.tls.CredentialException;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.agent.uplink.Message;
import dev.picket.agent.uplink.NoDelaySockets;
import dev.picket.agent.uplink.NoDelayTlsSockets;
import dev.picket.agent.uplink.PahoLink;
import dev.picket.agent.uplink.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;
import org.jspecify.annotations.Nullable;

/**
 * One Paho client of a console. What comes waits in a queue unacknowledged until it is taken, so the broker's own limit,
 * the receive maximum, bounds the queue.
 */
final class ConsoleConnection implements MqttCallback {
    private static final int FIRST_FAILURE_CODE = 128;
    private static final long END_MILLIS = 2_000;
    private static final long ABORT_MILLIS = 100;

    private sealed interface Arrival {
        record Message(Heard heard, int packetId, int qos) implements Arrival {}

        record End(String cause) implements Arrival {}
    }

    private final MqttAsyncClient client;
    private final ConsoleSettings settings;
    private final BlockingQueue<Arrival> arrived = new LinkedBlockingQueue<>();
    private volatile @Nullable String over;
    private boolean closed;

    private ConsoleConnection(MqttAsyncClient client, ConsoleSettings settings) {
        this.client = client;
        this.settings = settings;
    }

    static ConsoleConnection open(ConsoleSettings settings, String clientId) throws BrokerUnavailableException {
        MqttAsyncClient client;
        try {
            client = new MqttAsyncClient(PahoLink.serverUri(settings.broker()), clientId, new MemoryPersistence());
        } catch (MqttException e) {
            throw new BrokerUnavailableException("No MQTT client for " + settings.broker() + ": " + reason(e), e);
        }
        ConsoleConnection connection = new ConsoleConnection(client, settings);
        client.setManualAcks(true);
        client.setCallback(connection);
        try {
            client.connect(options(settings))
                    .waitForCompletion(settings.timeout().toMillis());
            return connection;
        } catch (MqttException e) {
            connection.abort();
            String reason = settings.credentials().explain(e).orElseGet(() -> reason(e));
            throw new BrokerUnavailableException("No connection to " + settings.broker() + ": " + reason, e);
        } catch (CredentialException e) {
            connection.abort();
            throw new BrokerUnavailableException(e.getMessage(), e);
        }
    }

    private static MqttConnectionOptions options(ConsoleSettings settings) throws CredentialException {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setAutomaticReconnect(false);
        // Never clean: the name is new with each console, and Mosquitto saves no session that began clean.
        options.setCleanStart(false);
        options.setSessionExpiryInterval(settings.sessionExpiry().toSeconds());
        options.setKeepAliveInterval((int) settings.uplink().keepAlive().toSeconds());
        options.setConnectionTimeout((int) settings.timeout().toSeconds());
        options.setReceiveMaximum(settings.inFlight());
        boolean tls = PahoLink.serverUri(settings.broker()).startsWith("ssl:");
        options.setSocketFactory(
                tls ? new NoDelayTlsSockets(settings.credentials().sockets()) : new NoDelaySockets());
        options.setHttpsHostnameVerificationEnabled(true);
        if (settings.present()) {
            MqttMessage gone = presence(false);
            options.setWillMessageProperties(gone.getProperties());
            options.setWill(Topics.CONSOLE_STATUS, gone);
        }
        if (settings.uplink().username() != null) {
            options.setUserName(settings.uplink().username());
        }
        String password = settings.credentials().password();
        if (password != null) {
            options.setPassword(password.getBytes(StandardCharsets.UTF_8));
        }
        return options;
    }

    void subscribe(List<String> filters) throws BrokerUnavailableException {
        if (filters.isEmpty()) {
            return;
        }
        MqttSubscription[] wanted =
                filters.stream().map(f -> new MqttSubscription(f, 1)).toArray(MqttSubscription[]::new);
        try {
            IMqttToken granted = client.subscribe(wanted, null, null, new MqttProperties());
            granted.waitForCompletion(settings.timeout().toMillis());
            for (int code : granted.getReasonCodes()) {
                if (code >= FIRST_FAILURE_CODE) {
                    throw new BrokerUnavailableException(
                            "The broker refused one of the subscriptions %s with reason code %d; allow them to this user"
                                    .formatted(filters, code));
                }
            }
        } catch (MqttException e) {
            throw new BrokerUnavailableException("Subscribing failed: " + reason(e), e);
        }
    }

    void publish(Order order) throws BrokerUnavailableException {
        MqttProperties properties = new MqttProperties();
        properties.setResponseTopic(order.responseTopic());
        properties.setCorrelationData(order.correlation());
        properties.setMessageExpiryInterval(order.expirySeconds());
        publish(order.topic(), new MqttMessage(order.payload(), 1, false, properties));
    }

    void retain(String topic, byte[] payload) throws BrokerUnavailableException {
        publish(topic, new MqttMessage(payload, 1, true, new MqttProperties()));
    }

    void announce(boolean online) throws BrokerUnavailableException {
        publish(Topics.CONSOLE_STATUS, presence(online));
    }

    private static MqttMessage presence(boolean online) {
        MqttProperties properties = new MqttProperties();
        properties.setContentType(Message.CONTENT_TYPE);
        byte[] payload = ("{\"online\":" + online + "}").getBytes(StandardCharsets.UTF_8);
        return new MqttMessage(payload, 1, true, properties);
    }

    private void publish(String topic, MqttMessage message) throws BrokerUnavailableException {
        try {
            IMqttToken sent = client.publish(topic, message);
            sent.waitForCompletion(settings.timeout().toMillis());
            int[] codes = sent.getReasonCodes();
            if (codes != null && codes.length > 0 && codes[0] >= FIRST_FAILURE_CODE) {
                throw new BrokerUnavailableException(
                        "The broker refused a message to '%s' with reason code %d".formatted(topic, codes[0]));
            }
        } catch (MqttException e) {
            throw new BrokerUnavailableException("Publishing failed: " + reason(e), e);
        }
    }

    @Nullable
    Heard next(Duration patience) throws BrokerUnavailableException, InterruptedException {
        Arrival arrival = arrived.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        String ended = over;
        if (arrival == null && ended != null) {
            throw new BrokerUnavailableException(ended);
        }
        return switch (arrival) {
            case null -> null;
            case Arrival.End(String cause) -> throw new BrokerUnavailableException(cause);
            case Arrival.Message(Heard heard, int packetId, int qos) -> {
                acknowledge(packetId, qos);
                yield heard;
            }
        };
    }

    /** What is not acknowledged comes again, so a failure of it is none. */
    private void acknowledge(int packetId, int qos) {
        try {
            if (qos > 0 && over == null) {
                client.messageArrivedComplete(packetId, qos);
            }
        } catch (MqttException e) {
            over = "Acknowledging failed: " + reason(e);
        }
    }

    /** Paho does not bear being closed twice. */
    void abort() {
        lost("The connection was given up");
        if (closed) {
            return;
        }
        closed = true;
        try {
            client.disconnectForcibly(0, ABORT_MILLIS, false);
            client.close(true);
        } catch (MqttException e) {
            // It was gone already: that is what giving up wants.
        }
    }

    void end() {
        if (closed) {
            return;
        }
        MqttProperties forget = new MqttProperties();
        forget.setSessionExpiryInterval(0L);
        try {
            client.disconnect(END_MILLIS, null, null, 0, forget).waitForCompletion(END_MILLIS);
        } catch (MqttException e) {
            // The session then ends by its expiry.
        }
        abort();
    }

    private void lost(String cause) {
        if (over == null) {
            over = cause;
            arrived.add(new Arrival.End(cause));
        }
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        if (over != null) {
            return;
        }
        MqttProperties properties = message.getProperties();
        Map<String, String> user = new HashMap<>();
        for (UserProperty each : properties.getUserProperties()) {
            user.put(each.getKey(), each.getValue());
        }
        Heard heard = new Heard(
                topic,
                message.getPayload(),
                message.isRetained(),
                properties.getContentType(),
                properties.getCorrelationData(),
                user);
        if (message.getQos() == 0 && arrived.size() > settings.inFlight()) {
            // Nothing of a gateway comes at QoS 0, and nothing else may fill the memory.
            return;
        }
        arrived.add(new Arrival.Message(heard, message.getId(), message.getQos()));
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
        MqttException cause = response.getException();
        lost("The connection to the broker is over: "
                + (cause == null ? "it said " + response.getReturnCode() : reason(cause)));
    }

    private static String reason(MqttException thrown) {
        return PahoLink.reason(thrown);
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {}

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}
}
