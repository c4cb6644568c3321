package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.journal.Verdict;
import dev.picket.agent.journal.Verdicts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The other broker: what holds against Mosquitto holds against HiveMQ CE, whose receive maximum is 10 by itself. */
class HiveMqTest {
    @TempDir
    Path folder;

    @ParameterizedTest(name = "receive maximum {0}, topic aliases {1}")
    @CsvSource({"10,true", "1,false", "65535,true"})
    void everyVerdictArrivesOnce(int receiveMaximum, boolean aliases) throws Exception {
        try (HiveMq broker = HiveMq.start(folder, receiveMaximum, aliases);
                Subscriber subscriber = new Subscriber(broker.uri(), "console", "picket/v1/plant/press-4/verdict/#");
                Agent agent = new Agent(folder, Configs.uplink(broker.uri(), 65_535)).start()) {
            List<Verdict> verdicts = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                verdicts.add(Verdicts.routine("r" + i));
            }
            agent.journal.append(verdicts, Map.of());

            assertThat(subscriber.awaits(s -> s.ids().size() == 500)).isTrue();
            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
            assertThat(subscriber.all()).hasSize(500);
            assertThat(agent.window()).isEqualTo(receiveMaximum);
        }
    }
}
