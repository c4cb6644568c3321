package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.journal.Verdicts;
import dev.picket.agent.read.Until;
import dev.picket.inference.Priority;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was dropped is told, before the rows behind it, until the broker has acknowledged it. */
class GapTellerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DROPPED = "picket/v1/plant/press-4/dropped";

    @TempDir
    Path folder;

    private static void append(Agent agent, int from, int to) throws JournalUnavailableException {
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = from; i < to; i++) {
            verdicts.add(Verdicts.routine("r" + i));
        }
        agent.journal.append(verdicts, Map.of());
    }

    @Test
    void aRowAboveTheBrokersMaximumGoesAsDroppedAndHoldsNobody() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder, "max_packet_size 3000");
                Subscriber subscriber = new Subscriber(broker.uri(), "console", "picket/v1/plant/press-4/#");
                Agent agent = new Agent(folder, Configs.uplink(broker.uri()))) {
            append(agent, 0, 20);
            agent.journal.append(List.of(Verdicts.withLabels("large", 300, Priority.ESCALATION)), Map.of());
            agent.journal.append(List.of(Verdicts.withLabels("small", 3, Priority.ESCALATION)), Map.of());
            agent.start();

            assertThat(subscriber.awaits(s -> s.ids().size() == 22)).isTrue();
            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
            assertThat(agent.journal.depth().dropsByReason()).containsEntry("too-large", 1L);
            assertThat(agent.session()).as("on the same connection").isEqualTo(1);
            List<Subscriber.Got> events = subscriber.all().stream()
                    .filter(got -> got.properties().containsKey("id"))
                    .toList();
            Subscriber.Got first = events.getFirst();
            assertThat(first.topic()).as("before the escalation behind it").isEqualTo(DROPPED);
            assertThat(first.properties())
                    .containsEntry("id", agent.journal.epoch() + "-escalation-1..1")
                    .containsEntry("type", "dev.picket.dropped.v1")
                    .containsEntry("specversion", "1.0")
                    .containsKeys("source", "time", "subject", "epoch", "priority");
            JsonNode payload = JSON.readTree(first.payload());
            assertThat(payload.toString())
                    .isEqualTo("{\"epoch\":\"" + agent.journal.epoch()
                            + "\",\"priority\":\"escalation\",\"from\":1,\"to\":1,\"reason\":\"too-large\"}");
            assertThat(first.raw().getMessageExpiryInterval())
                    .as("it expires nowhere")
                    .isNull();
            assertThat(agent.journal.gaps(10)).as("told").isEmpty();
        }
    }

    @Test
    void manyGapsAreAllToldOnceEachBeforeTheRowsBehindThem() throws Exception {
        FakeLink link = new FakeLink();
        try (Agent agent = new Agent(folder, Configs.uplink(URI.create("mqtt://localhost")), link, List.of())) {
            append(agent, 0, 700);
            for (int seq = 2; seq <= 600; seq += 2) {
                agent.journal.drop(Priority.ROUTINE, seq, seq, "quota");
            }
            agent.start();
            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
            Until.holds("all are told", () -> agent.journal.gaps(1).isEmpty());
            List<String> topics = link.taken.stream()
                    .map(Message::topic)
                    .filter(topic -> topic.equals(DROPPED) || topic.contains("/verdict/"))
                    .toList();
            assertThat(topics).hasSize(700);
            assertThat(topics.subList(0, 300)).containsOnly(DROPPED);
        }
    }

    @Test
    void aGapWhoseAcknowledgementIsLostIsToldAgainUnderItsId() throws Exception {
        FakeLink link = new FakeLink();
        try (Agent agent = new Agent(folder, Configs.uplink(URI.create("mqtt://localhost")), link, List.of())) {
            append(agent, 0, 10);
            agent.journal.drop(Priority.ROUTINE, 1, 10, "expired");
            link.dropAcksOf(DROPPED, 1);
            agent.start();
            Until.holds("it is told", () -> agent.journal.gaps(1).isEmpty());
            assertThat(link.taken.stream()
                            .filter(message -> message.topic().equals(DROPPED))
                            .map(message -> message.properties().get(1)))
                    .containsExactly(
                            Map.entry("id", agent.journal.epoch() + "-routine-1..10"),
                            Map.entry("id", agent.journal.epoch() + "-routine-1..10"));
        }
    }

    @Test
    void aBrokerThatRefusesTheEventsGetsTheRowsAndTheGapsLater() throws Exception {
        FakeLink link = new FakeLink();
        link.refuseTopic(DROPPED);
        try (Agent agent = new Agent(folder, Configs.uplink(URI.create("mqtt://localhost")), link, List.of())) {
            append(agent, 0, 10);
            agent.journal.drop(Priority.ROUTINE, 1, 4, "quota");
            agent.start();
            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
            Until.holds("it is said", () -> agent.trouble().contains("events of dropped rows"));
            assertThat(agent.journal.gaps(10)).hasSize(1);
            link.takeTopicAgain(DROPPED);
            Until.holds("it is told", () -> agent.journal.gaps(1).isEmpty());
            Until.holds("the trouble is over", () -> agent.trouble().isEmpty());
        }
    }
}
