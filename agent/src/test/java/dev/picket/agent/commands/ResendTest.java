package dev.picket.agent.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.journal.Depth;
import dev.picket.agent.journal.Outcome;
import dev.picket.agent.journal.Verdicts;
import dev.picket.agent.uplink.Agent;
import dev.picket.agent.uplink.Configs;
import dev.picket.agent.uplink.Mosquitto;
import dev.picket.agent.uplink.Subscriber.Got;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows sent again over a real broker. */
class ResendTest {
    private static final int ROWS = 250;

    @TempDir
    Path folder;

    private Signer signer;
    private Mosquitto broker;
    private Desk desk;
    private Agent agent;

    @BeforeEach
    void drainAJournal() throws Exception {
        signer = new Signer("desk").knownIn(folder);
        broker = Mosquitto.start(folder, "max_inflight_messages 20");
        desk = new Desk(broker.uri());
        agent = new Agent(folder, Configs.uplink(broker.uri())).start();
        List<? extends Outcome> rows = IntStream.rangeClosed(1, ROWS)
                .mapToObj(i -> Verdicts.routine("r-" + i))
                .toList();
        agent.journal.append(rows, Map.of());
        assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
        assertThat(desk.heard.awaits(heard -> heard.ids().size() == ROWS)).isTrue();
    }

    @AfterEach
    void stop() {
        agent.close();
        desk.close();
        broker.close();
    }

    private void ask(String correlation, String epoch, long from, long to) throws Exception {
        ObjectNode claims = Signer.claims("resend", correlation);
        claims.putObject("params")
                .put("epoch", epoch)
                .put("priority", "routine")
                .put("from", from)
                .put("to", to);
        desk.send("resend", correlation, signer.sign(claims));
    }

    private long times(long seq) {
        String id = agent.journal.epoch() + "-routine-" + seq;
        return desk.heard.all().stream()
                .map(Got::properties)
                .filter(each -> id.equals(each.get("id")))
                .count();
    }

    @Test
    void whatIsHeldGoesOutAgainUnderItsIdsAndChangesNoMark() throws Exception {
        Depth before = agent.journal.depth();
        ask("c1", agent.journal.epoch(), 11, 240);
        assertThat(desk.status("c1", 1)).isEqualTo(202);
        assertThat(desk.status("c1", 2)).isEqualTo(200);
        assertThat(desk.json("c1", 2).path("sent").asLong()).isEqualTo(230);
        assertThat(desk.heard.awaits(_ -> IntStream.rangeClosed(11, 240).allMatch(seq -> times(seq) >= 2)))
                .isTrue();
        assertThat(List.of(times(10), times(11), times(240), times(241))).containsExactly(1L, 2L, 2L, 1L);
        assertThat(agent.journal.depth()).isEqualTo(before);
    }

    @Test
    void whatIsNotHeldIsNamedAndTheRestSent() throws Exception {
        ask("c1", agent.journal.epoch(), 249, 300);
        assertThat(desk.status("c1", 2)).isEqualTo(410);
        JsonNode end = desk.json("c1", 2);
        assertThat(end.path("sent").asLong()).isEqualTo(2);
        assertThat(end.path("missing").asLong()).isEqualTo(50);
        assertThat(end.path("gone")).hasToString("[{\"from\":251,\"to\":300}]");
    }

    @Test
    void anotherEpochAndABackwardRangeAreRefusedAtOnce() throws Exception {
        ask("c1", "another", 1, 2);
        assertThat(desk.status("c1", 1)).isEqualTo(409);
        ask("c2", agent.journal.epoch(), 3, 2);
        assertThat(desk.status("c2", 1)).isEqualTo(400);
        ask("c3", agent.journal.epoch(), 1, 2_000_000);
        assertThat(desk.status("c3", 1)).isEqualTo(400);
        assertThat(times(1)).isEqualTo(1);
    }
}
