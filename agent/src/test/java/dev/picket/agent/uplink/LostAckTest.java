package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.journal.Verdict;
import dev.picket.agent.journal.Verdicts;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the uplink does when the broker has a verdict and the gateway never hears of it. */
class LostAckTest {
    @TempDir
    Path folder;

    private final FakeLink link = new FakeLink();

    private Agent agentWith(int verdicts) throws Exception {
        Agent agent = new Agent(folder, Configs.uplink(URI.create("mqtt://nowhere:1883")), link, List.of());
        List<Verdict> rows = new ArrayList<>();
        for (int i = 0; i < verdicts; i++) {
            rows.add(Verdicts.routine("r" + i));
        }
        agent.journal.append(rows, Map.of());
        return agent;
    }

    private List<String> idsTaken() {
        return link.taken.stream()
                .filter(m -> m.topic().contains("/verdict/"))
                .map(m -> m.properties().get(1).getValue())
                .toList();
    }

    @Test
    void threeLostAcknowledgementsSendTheSameThreeIdsAgain() throws Exception {
        link.dropAcks(3);
        try (Agent agent = agentWith(10).start()) {
            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();

            List<String> ids = idsTaken();
            assertThat(ids).hasSize(13);
            assertThat(ids.subList(3, 6)).isEqualTo(ids.subList(0, 3));
            assertThat(ids.stream().distinct()).hasSize(10);
        }
    }

    @Test
    void attemptsThatFailAreFollowedByOneThatDrains() throws Exception {
        link.failOpens(3);
        try (Agent agent = agentWith(5).start()) {
            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
            assertThat(idsTaken()).hasSize(5).doesNotHaveDuplicates();
        }
    }

    @Test
    void eachConnectionHasAHigherSessionInItsWillAndItsBirth() throws Exception {
        link.dropAcks(2);
        try (Agent agent = agentWith(4).start()) {
            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
            assertThat(link.wills).hasSize(2);
            assertThat(new String(link.wills.get(0).payload(), StandardCharsets.UTF_8))
                    .contains("\"online\":false")
                    .contains("\"session\":1");
            assertThat(new String(link.wills.get(1).payload(), StandardCharsets.UTF_8))
                    .contains("\"session\":2");
        }
    }
}
