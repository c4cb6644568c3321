package dev.picket.demo;

import com.hivemq.embedded.EmbeddedHiveMQ;
import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;

/** A real MQTT 5 broker inside the demo's process, on a free port of loopback. */
final class DemoBroker implements AutoCloseable {
    private final EmbeddedHiveMQ broker;
    private final URI uri;

    private DemoBroker(EmbeddedHiveMQ broker, URI uri) {
        this.broker = broker;
        this.uri = uri;
    }

    /**
     * Starts one; takes about two seconds.
     *
     * @param folder an empty folder for its files
     */
    static DemoBroker start(Path folder) throws IOException {
        int port = freePort();
        Path config = created(folder.resolve("conf"));
        Path data = created(folder.resolve("data"));
        Path extensions = created(folder.resolve("extensions"));
        AtomicFiles.write(config.resolve("config.xml"), configuration(port).getBytes(StandardCharsets.UTF_8));
        EmbeddedHiveMQ broker = EmbeddedHiveMQ.builder()
                .withConfigurationFolder(config)
                .withDataFolder(data)
                .withExtensionsFolder(extensions)
                .withoutLoggingBootstrap()
                .build();
        try {
            broker.start().join();
        } catch (CompletionException e) {
            throw new IOException("the demo's broker did not start: " + e.getMessage(), e);
        }
        return new DemoBroker(broker, URI.create("mqtt://127.0.0.1:" + port));
    }

    URI uri() {
        return uri;
    }

    @Override
    public void close() {
        broker.stop().join();
    }

    private static Path created(Path folder) throws IOException {
        AtomicFiles.createFolders(folder);
        return folder;
    }

    private static String configuration(int port) {
        return """
                <?xml version="1.0"?>
                <hivemq>
                  <listeners>
                    <tcp-listener><port>%d</port><bind-address>127.0.0.1</bind-address></tcp-listener>
                  </listeners>
                  <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
                </hivemq>
                """.formatted(port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
