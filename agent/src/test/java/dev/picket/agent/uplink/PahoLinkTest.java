package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.tls.CredentialException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PahoLinkTest {
    @ParameterizedTest
    @ValueSource(strings = {"mqtt://localhost", "mqtts://localhost", "ssl://localhost:8883"})
    void smallPacketsNeverWaitForEachOther(String broker) throws Exception {
        MqttConnectionOptions options = options(broker);
        try (Socket socket = options.getSocketFactory().createSocket();
                ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            socket.connect(server.getLocalSocketAddress());
            assertThat(socket.getTcpNoDelay()).isTrue();
            assertThat(socket instanceof SSLSocket).isEqualTo(!broker.startsWith("mqtt:"));
        }
        assertThat(options.isHttpsHostnameVerificationEnabled()).isTrue();
    }

    @Test
    void everyWayToATlsSocketMakesAPromptOne() throws Exception {
        NoDelayTlsSockets sockets = new NoDelayTlsSockets((SSLSocketFactory) SSLSocketFactory.getDefault());
        InetAddress here = InetAddress.getLoopbackAddress();
        try (ServerSocket server = new ServerSocket(0, 5, here);
                Socket plain = new Socket(here, server.getLocalPort());
                Socket byName = sockets.createSocket(here.getHostAddress(), server.getLocalPort());
                Socket byAddress = sockets.createSocket(here, server.getLocalPort());
                Socket fromName = sockets.createSocket(here.getHostAddress(), server.getLocalPort(), here, 0);
                Socket fromAddress = sockets.createSocket(here, server.getLocalPort(), here, 0);
                Socket over = sockets.createSocket(plain, here.getHostAddress(), server.getLocalPort(), true)) {
            for (Socket each : new Socket[] {byName, byAddress, fromName, fromAddress, over}) {
                assertThat(each).isInstanceOf(SSLSocket.class);
                assertThat(each.getTcpNoDelay()).isTrue();
            }
        }
    }

    private static MqttConnectionOptions options(String broker) throws CredentialException {
        return Configs.link(Configs.uplink(URI.create(broker)))
                .options(Message.retained("t", new byte[0]), Duration.ZERO);
    }
}
