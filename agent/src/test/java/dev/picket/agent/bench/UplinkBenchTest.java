package dev.picket.agent.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.agent.uplink.Configs;
import dev.picket.agent.uplink.Mosquitto;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UplinkBenchTest {
    @TempDir
    Path folder;

    @Test
    void bothSidesAreMeasuredAgainstTheNamedBrokerAndNoJournalIsLeftBehind() throws Exception {
        URI nobody = URI.create("mqtt://127.0.0.1:1");
        try (Mosquitto broker = Mosquitto.start(folder)) {
            Result result =
                    new UplinkBench(folder, Configs.JOURNAL, Configs.uplink(nobody), broker.uri(), 3, 300).run();
            assertThat(result.name()).isEqualTo("uplink-drain-ratio");
            assertThat(result.low()).isPositive().isLessThanOrEqualTo(result.value());
            assertThat(result.high()).isGreaterThanOrEqualTo(result.value());
            assertThat(result.measured()).isPositive();
            assertThat(result.floor()).isPositive();
            try (Stream<Path> left = Files.list(folder)) {
                assertThat(left.filter(path -> path.toString().contains("bench-")))
                        .isEmpty();
            }
        }
    }

    @Test
    void withoutABrokerItSaysSo() {
        URI nobody = URI.create("mqtt://127.0.0.1:1");
        assertThatThrownBy(() -> new UplinkBench(folder, Configs.JOURNAL, Configs.uplink(nobody), nobody, 3, 10).run())
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageContaining("127.0.0.1:1");
    }
}
