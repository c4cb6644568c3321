package dev.picket.agent.uplink;

import com.hivemq.embedded.EmbeddedHiveMQ;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** HiveMQ CE inside this process, on a free port of its own. */
public final class HiveMq implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final EmbeddedHiveMQ broker;
    private final int port;

    private HiveMq(EmbeddedHiveMQ broker, int port) {
        this.broker = broker;
        this.port = port;
    }

    /** Starts one as it comes, with a receive maximum of 10. */
    public static HiveMq start(Path folder) throws Exception {
        return start(folder, 10, true);
    }

    public static HiveMq start(Path folder, int receiveMaximum, boolean aliases) throws Exception {
        int port = Mosquitto.freePort();
        Path home = Files.createDirectories(folder.resolve("hivemq-" + port));
        Path config = Files.createDirectories(home.resolve("conf"));
        Files.writeString(config.resolve("config.xml"), """
                <hivemq>
                  <listeners><tcp-listener><port>%d</port><bind-address>127.0.0.1</bind-address></tcp-listener></listeners>
                  <mqtt>
                    <receive-maximum><server-receive-maximum>%d</server-receive-maximum></receive-maximum>
                    <topic-alias><enabled>%s</enabled><max-per-client>10</max-per-client></topic-alias>
                  </mqtt>
                  <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
                </hivemq>
                """.formatted(port, receiveMaximum, aliases));
        EmbeddedHiveMQ broker = EmbeddedHiveMQ.builder()
                .withConfigurationFolder(config)
                .withDataFolder(Files.createDirectories(home.resolve("data")))
                .withExtensionsFolder(Files.createDirectories(home.resolve("extensions")))
                .build();
        broker.start().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return new HiveMq(broker, port);
    }

    public URI uri() {
        return URI.create("mqtt://127.0.0.1:" + port);
    }

    @Override
    public void close() {
        broker.stop().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }
}
