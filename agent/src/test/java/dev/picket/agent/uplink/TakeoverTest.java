package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.journal.Verdicts;
import dev.picket.agent.read.Until;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two gateways with one identifier at a real broker: at HiveMQ CE, since Mosquitto 2.0.11 ends the old connection without
 * saying why.
 */
class TakeoverTest {
    @TempDir
    Path folder;

    private Agent agent(String name, URI broker) throws Exception {
        return new Agent(Files.createDirectories(folder.resolve(name)), Configs.uplink(broker));
    }

    @Test
    void bothSeeItAndWaitInsteadOfFighting() throws Exception {
        try (HiveMq broker = HiveMq.start(folder);
                Agent one = agent("one", broker.uri()).start()) {
            one.awaitUp();
            try (Agent two = agent("two", broker.uri()).start()) {
                Until.holds("one of them says so", () -> contested(one) || contested(two));
                Agent loser = contested(one) ? one : two;
                Agent winner = loser == one ? two : one;
                assertThat(loser.retries.trouble()).contains("'picket$plant$press-4'");
                long lost = loser.state.nextSession();
                Until.holds("the other one stays connected", winner.current::isUp);
                winner.journal.append(List.of(Verdicts.routine("r1")), Map.of());
                assertThat(winner.awaits(depth -> depth.total() == 0)).isTrue();
                assertThat(loser.state.nextSession())
                        .as("the one that waits tries nothing meanwhile")
                        .isEqualTo(lost + 1);
                assertThat(lost).as("it was a short fight").isLessThan(20);
            }
        }
    }

    @Test
    void ourOwnHalfOpenConnectionIsNoRival() throws Exception {
        FakeLink link = new FakeLink();
        try (Agent agent = new Agent(folder, Configs.uplink(URI.create("mqtt://localhost")), link, List.of()).start()) {
            for (int i = 1; i <= 2; i++) {
                int session = i;
                Until.holds("it is up", () -> agent.session() == session);
                link.last.takeOver();
            }
            Until.holds("it is up again", () -> agent.session() == 3);
            assertThat(agent.retries.trouble()).isEmpty();
            link.last.takeOver();
            Until.holds("the third one is a rival's", () -> contested(agent));
            assertThat(agent.current.isUp()).isFalse();
        }
    }

    private static boolean contested(Agent agent) {
        return agent.retries.trouble().startsWith("duplicate-identity");
    }
}
