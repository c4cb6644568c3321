package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.embedded.EmbeddedHiveMQ;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.journal.Verdicts;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The other broker: what holds against Mosquitto holds against HiveMQ CE, whose receive maximum is 10. */
class HiveMqTest {
    @TempDir
    Path folder;

    @Test
    void everyVerdictArrivesOnce() throws Exception {
        int port = Mosquitto.freePort();
        Path config = Files.createDirectories(folder.resolve("conf"));
        Files.writeString(config.resolve("config.xml"), """
                <hivemq>
                  <listeners><tcp-listener><port>%d</port><bind-address>127.0.0.1</bind-address></tcp-listener></listeners>
                  <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
                </hivemq>
                """.formatted(port));
        EmbeddedHiveMQ broker = EmbeddedHiveMQ.builder()
                .withConfigurationFolder(config)
                .withDataFolder(Files.createDirectories(folder.resolve("data")))
                .withExtensionsFolder(Files.createDirectories(folder.resolve("extensions")))
                .build();
        broker.start().get(60, TimeUnit.SECONDS);
        URI uri = URI.create("mqtt://127.0.0.1:" + port);
        try (Subscriber subscriber = new Subscriber(uri, "console", "picket/v1/plant/press-4/verdict/#");
                Agent agent = new Agent(folder, Configs.uplink(uri)).start()) {
            List<Verdict> verdicts = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                verdicts.add(Verdicts.routine("r" + i));
            }
            agent.journal.append(verdicts, Map.of());

            assertThat(subscriber.awaits(s -> s.ids().size() == 500)).isTrue();
            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
            assertThat(subscriber.all()).hasSize(500);
        } finally {
            broker.stop().get(60, TimeUnit.SECONDS);
        }
    }
}
