package dev.picket.agent.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.uplink.HiveMq;
import dev.picket.agent.uplink.Mosquitto;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What brokers allow in flight changes how much is sent again after a death, and nothing else. */
class WindowKillTest {
    /** More than any broker allows. */
    private static final int WINDOW = 65_535;

    @TempDir
    Path folder;

    @Test
    void theNarrowestWindow() throws Exception {
        mosquitto(1, 0);
    }

    @Tag("long")
    @ParameterizedTest(name = "Mosquitto, receive maximum {0}, topic aliases {1}")
    @CsvSource({"1,0", "1,10", "10,0", "10,10", "20,0", "20,10", "65535,0", "65535,10"})
    void mosquitto(int receiveMaximum, int aliases) throws Exception {
        try (Mosquitto broker = Mosquitto.start(
                folder, "max_inflight_messages " + receiveMaximum, "max_topic_alias " + aliases, Scene.PACKETS)) {
            diesAtEachStepOfSending(broker.uri());
        }
    }

    @Tag("long")
    @ParameterizedTest(name = "HiveMQ CE, receive maximum {0}, topic aliases {1}")
    @CsvSource({"1,false", "10,false", "10,true", "20,true", "65535,false", "65535,true"})
    void hiveMq(int receiveMaximum, boolean aliases) throws Exception {
        try (HiveMq broker = HiveMq.start(folder, receiveMaximum, aliases)) {
            diesAtEachStepOfSending(broker.uri());
        }
    }

    private void diesAtEachStepOfSending(URI broker) throws Exception {
        try (Scene scene = new Scene(folder, broker, WINDOW)) {
            for (Point death : Table.whatDependsOnTheWindow()) {
                scene.traffic(25, 1);
                assertThat(scene.lives(Trap.at(death), 10, 1))
                        .as("the agent comes by where '%s' is", death)
                        .isPresent();
            }
            scene.finish();
            scene.assertWhole();
        }
    }
}
