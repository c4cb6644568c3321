package dev.picket.agent.uplink;

import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.read.Until;
import dev.picket.agent.tls.TestAuthority;
import dev.picket.agent.tls.TestAuthority.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.util.io.pem.PemGenerationException;

/** A real broker that speaks TLS to the agent and plainly to the test's own consumer. */
public final class TlsBroker implements AutoCloseable {
    private final Path folder;
    private final Mosquitto broker;
    private final int plainPort;

    /** One with this certificate that takes clients of {@code clients} alone, and notes who they are. */
    public static TlsBroker askingForCertificates(Path folder, Issued server, TestAuthority clients, String... more)
            throws IOException, InterruptedException {
        clients.write(folder.resolve("clients.pem"));
        return new TlsBroker(
                folder,
                server,
                Stream.concat(
                                Stream.of(
                                        "cafile " + folder.resolve("clients.pem"),
                                        "require_certificate true",
                                        "use_identity_as_username true"),
                                Arrays.stream(more))
                        .toArray(String[]::new));
    }

    TlsBroker(Path folder, Issued server, String... more) throws IOException, InterruptedException {
        this.folder = folder;
        this.plainPort = Mosquitto.freePort();
        server(server);
        this.broker = Mosquitto.start(
                folder,
                "certfile " + folder.resolve("server.pem"),
                "keyfile " + folder.resolve("server.key"),
                String.join("\n", more),
                "listener " + plainPort + " 127.0.0.1");
        awaitPlain();
    }

    /** The second listener is opened after the one that was waited for. */
    private void awaitPlain() throws IOException {
        try {
            Until.holds("the plain listener answers", () -> {
                try (Socket socket = new Socket()) {
                    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), plainPort), 200);
                    return true;
                } catch (IOException e) {
                    return false;
                }
            });
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private void server(Issued server) throws PemGenerationException {
        server.write(folder.resolve("server.pem"), folder.resolve("server.key"));
    }

    /** Stops it and starts it with this certificate and what else changed on disk. */
    void restart(Issued server) throws IOException, InterruptedException {
        broker.stop();
        server(server);
        broker.start();
        awaitPlain();
    }

    public URI uri(String host) {
        return URI.create("mqtts://" + host + ":" + broker.uri().getPort());
    }

    public URI plain() {
        return URI.create("mqtt://127.0.0.1:" + plainPort);
    }

    /** A configuration as a person writes it, with short waits. */
    UplinkConfig config(String host, String... tls) throws IOException, ConfigException {
        return config(folder, uri(host), tls);
    }

    static UplinkConfig config(Path folder, URI broker, String... tls) throws IOException, ConfigException {
        return Configs.uplink(
                folder,
                broker,
                "tls: { look-every: 50ms, " + Arrays.stream(tls).collect(Collectors.joining(", ")) + " }");
    }

    /** What the broker wrote down; it says who connected as what. */
    String log() throws IOException {
        return Files.readString(
                folder.resolve("broker-" + broker.uri().getPort()).resolve("log"));
    }

    @Override
    public void close() {
        broker.close();
    }
}
