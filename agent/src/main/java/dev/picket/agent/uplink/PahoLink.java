package dev.picket.agent.uplink;

import dev.picket.agent.config.GatewayConfig;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.tls.BrokerCredentials;
import dev.picket.agent.tls.CredentialException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * {@link BrokerLink} over Paho's MQTT 5 client, of which only the plain parts are used: its persistence, offline buffer
 * and automatic reconnection have open faults (the last loops for ever against a broker with topic aliases), so each
 * connection is a new client with empty memory, and reconnecting is {@link ConnectionLoop}'s work.
 */
public final class PahoLink implements BrokerLink {
    private static final int UNLIMITED = 65_535;
    /** The largest that the format of a packet can say. */
    private static final long ANY_PACKET = 1 + 4 + 268_435_455L;

    /** Paho prints a stack trace whenever a broker goes; what matters of it is said by {@link ConnectionLoop}. */
    private static final Logger PAHO = Logger.getLogger("org.eclipse.paho");

    static {
        PAHO.setLevel(Level.OFF);
    }

    private final UplinkConfig config;
    private final URI broker;
    private final String clientId;
    private final BrokerCredentials credentials;

    public PahoLink(UplinkConfig config, GatewayConfig gateway, BrokerCredentials credentials) {
        this.config = config;
        this.broker = Objects.requireNonNull(config.broker(), "uplink.broker is not set");
        this.clientId = clientId(config, gateway);
        this.credentials = credentials;
        serverUri(broker);
    }

    /** A '$' stands in no name, so two gateways never share an identifier; and brokers' access lists take it. */
    public static String clientId(UplinkConfig config, GatewayConfig gateway) {
        return config.clientId() != null ? config.clientId() : defaultClientId(gateway);
    }

    private static String defaultClientId(GatewayConfig gateway) {
        return "picket$" + gateway.site() + "$" + gateway.name();
    }

    @Override
    public BrokerConnection open(Message will, Duration willDelay, ConnectionListener listener)
            throws BrokerUnavailableException {
        MqttConnectionOptions options;
        try {
            options = options(will, willDelay);
        } catch (CredentialException e) {
            throw new BrokerUnavailableException("No connection to " + broker + ": " + e.getMessage(), e);
        }
        MqttAsyncClient client;
        try {
            client = new MqttAsyncClient(serverUri(broker), clientId, new MemoryPersistence());
        } catch (MqttException e) {
            throw new BrokerUnavailableException("No MQTT client for " + broker + ": " + reason(e), e);
        }
        PahoConnection connection = new PahoConnection(client, listener, config.connectTimeout());
        client.setManualAcks(true);
        client.setCallback(connection);
        try {
            IMqttToken connected = client.connect(options);
            connected.waitForCompletion(config.connectTimeout().toMillis());
            credentials.accepted();
            connection.opened(Math.min(config.window(), receiveMaximum(connected)), maximumPacketBytes(connected));
            return connection;
        } catch (MqttException e) {
            connection.abort();
            String reason = credentials.explain(e).orElseGet(() -> reason(e));
            throw new BrokerUnavailableException("No connection to " + broker + ": " + reason, e);
        }
    }

    private static int receiveMaximum(IMqttToken connected) {
        MqttProperties answer = connected.getResponseProperties();
        Integer maximum = answer == null ? null : answer.getReceiveMaximum();
        return maximum == null ? UNLIMITED : maximum;
    }

    private static long maximumPacketBytes(IMqttToken connected) {
        MqttProperties answer = connected.getResponseProperties();
        Long maximum = answer == null ? null : answer.getMaximumPacketSize();
        return maximum == null ? ANY_PACKET : maximum;
    }

    @Override
    public boolean renewed() {
        return credentials.renewed();
    }

    MqttConnectionOptions options(Message will, Duration willDelay) throws CredentialException {
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setAutomaticReconnect(false);
        // The session stays at the broker, so that commands wait there for a gateway that is away.
        options.setCleanStart(false);
        options.setSessionExpiryInterval(config.sessionExpiry().toSeconds());
        options.setKeepAliveInterval((int) config.keepAlive().toSeconds());
        options.setConnectionTimeout((int) config.connectTimeout().toSeconds());
        options.setReceiveMaximum(config.commandQueue());
        options.setSocketFactory(tls(broker) ? new NoDelayTlsSockets(credentials.sockets()) : new NoDelaySockets());
        options.setHttpsHostnameVerificationEnabled(true);
        if (config.username() != null) {
            options.setUserName(config.username());
        }
        String password = credentials.password();
        if (password != null) {
            options.setPassword(password.getBytes(StandardCharsets.UTF_8));
        }
        MqttProperties willProperties = new MqttProperties();
        willProperties.setWillDelayInterval(willDelay.toSeconds());
        willProperties.setContentType(Message.CONTENT_TYPE);
        options.setWillMessageProperties(willProperties);
        options.setWill(will.topic(), new MqttMessage(will.payload(), 1, true, willProperties));
        return options;
    }

    private static boolean tls(URI broker) {
        return "mqtts".equals(scheme(broker)) || "ssl".equals(scheme(broker));
    }

    /**
     * The broker's address as Paho writes it, {@code tcp://host:port} or {@code ssl://host:port}, with the port that is
     * usual where none is given.
     *
     * @throws IllegalArgumentException with one sentence when it is no address of a broker
     */
    public static String serverUri(URI broker) {
        String scheme = scheme(broker);
        boolean tls = tls(broker);
        boolean known = tls || scheme.equals("mqtt") || scheme.equals("tcp");
        if (!known || broker.getHost() == null) {
            throw new IllegalArgumentException(
                    "uplink.broker is '%s'; write mqtt://host:port or mqtts://host:port".formatted(broker));
        }
        int port = broker.getPort() >= 0 ? broker.getPort() : tls ? 8883 : 1883;
        return (tls ? "ssl://" : "tcp://") + broker.getHost() + ":" + port;
    }

    private static String scheme(URI broker) {
        return broker.getScheme() == null ? "" : broker.getScheme().toLowerCase(Locale.ROOT);
    }

    /** Paho says little itself ("MqttException"): what went wrong often stands in the cause. */
    public static String reason(Throwable thrown) {
        Throwable deepest = thrown;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        String code = thrown instanceof MqttException e ? " (reason code " + e.getReasonCode() + ")" : "";
        return (deepest.getMessage() == null ? deepest.toString() : deepest.getMessage()) + code;
    }
}
