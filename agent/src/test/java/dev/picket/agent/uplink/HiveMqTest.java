package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.journal.Verdict;
import dev.picket.agent.journal.Verdicts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The other broker: what holds against Mosquitto holds against HiveMQ CE, whose receive maximum is 10. */
class HiveMqTest {
    @TempDir
    Path folder;

    @Test
    void everyVerdictArrivesOnce() throws Exception {
        try (HiveMq broker = HiveMq.start(folder);
                Subscriber subscriber = new Subscriber(broker.uri(), "console", "picket/v1/plant/press-4/verdict/#");
                Agent agent = new Agent(folder, Configs.uplink(broker.uri())).start()) {
            List<Verdict> verdicts = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                verdicts.add(Verdicts.routine("r" + i));
            }
            agent.journal.append(verdicts, Map.of());

            assertThat(subscriber.awaits(s -> s.ids().size() == 500)).isTrue();
            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
            assertThat(subscriber.all()).hasSize(500);
        }
    }
}
