package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.journal.Verdicts;
import dev.picket.agent.read.Until;
import dev.picket.inference.Priority;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttPublish;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The send flow against a real broker: what is in the journal arrives, whatever happens in between. */
class UplinkTest {
    @TempDir
    Path folder;

    private static void append(Journal journal, int from, int to) throws JournalUnavailableException {
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = from; i < to; i++) {
            Priority priority = i % 10 == 0 ? Priority.ESCALATION : i % 3 == 0 ? Priority.ALARM : Priority.ROUTINE;
            verdicts.add(Verdicts.of("line1", "r" + i, "fraud", priority));
        }
        journal.append(verdicts, Map.of());
    }

    private static void assertComplete(Subscriber subscriber, Agent agent, int count)
            throws InterruptedException, JournalUnavailableException {
        assertThat(subscriber.awaits(s -> s.ids().size() >= count))
                .as("%d ids arrive; %d did", count, subscriber.ids().size())
                .isTrue();
        assertThat(agent.awaits(depth -> depth.total() == 0))
                .as("all rows are marked as sent")
                .isTrue();
        assertThat(subscriber.ids()).hasSize(count);
        for (Priority priority : Priority.values()) {
            TreeSet<Long> seqs = subscriber.all().stream()
                    .filter(g -> priority.wireName().equals(g.properties().get("priority")))
                    .map(g -> Long.valueOf(g.properties().get("seq")))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(seqs)
                    .as("seq of %s is dense", priority)
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, seqs.size())
                            .mapToObj(Long::valueOf)
                            .toList());
        }
    }

    @ParameterizedTest(name = "receive maximum {0}, topic aliases {1}")
    @CsvSource({"1,0", "1,10", "10,10", "20,0", "20,10", "65535,0", "65535,10"})
    void everyVerdictArrivesOnceUnderEachWindow(int receiveMaximum, int aliases) throws Exception {
        try (Mosquitto broker = Mosquitto.start(
                        folder, "max_inflight_messages " + receiveMaximum, "max_topic_alias " + aliases);
                Subscriber subscriber = new Subscriber(broker.uri(), "console", "picket/v1/plant/press-4/#");
                Agent agent = new Agent(folder, Configs.uplink(broker.uri(), 65_535))) {
            append(agent.journal, 0, 500);
            agent.start();
            append(agent.journal, 500, 700);

            assertComplete(subscriber, agent, 700);
            assertThat(agent.window()).isEqualTo(receiveMaximum);
            long events = subscriber.all().stream()
                    .filter(g -> g.properties().containsKey("id"))
                    .count();
            assertThat(events).as("nothing went wrong, so nothing came twice").isEqualTo(700);
        }
    }

    @Test
    void escalationsOvertakeWhatWaitsAndEachPriorityKeepsItsOrder() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder, "max_inflight_messages 1");
                Subscriber subscriber = new Subscriber(broker.uri(), "console", "picket/v1/plant/press-4/#");
                Agent agent = new Agent(folder, Configs.uplink(broker.uri()))) {
            append(agent.journal, 0, 300);
            agent.start();
            assertComplete(subscriber, agent, 300);

            List<String> priorities = subscriber.all().stream()
                    .filter(g -> g.properties().containsKey("id"))
                    .map(g -> g.properties().get("priority"))
                    .toList();
            assertThat(priorities.subList(0, 30)).containsOnly("escalation");
            assertThat(priorities.subList(30, 120)).containsOnly("alarm");
            List<Long> routine = subscriber.all().stream()
                    .filter(g -> "routine".equals(g.properties().get("priority")))
                    .map(g -> Long.valueOf(g.properties().get("seq")))
                    .toList();
            assertThat(routine).isSorted();
        }
    }

    @Test
    void aBrokerThatStopsAndComesBackGetsTheRest() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscriber subscriber = new Subscriber(broker.uri(), "console", "picket/v1/plant/press-4/#");
                Agent agent = new Agent(folder, Configs.uplink(broker.uri())).start()) {
            append(agent.journal, 0, 400);
            assertThat(subscriber.awaits(s -> s.ids().size() >= 50)).isTrue();
            broker.stop();
            append(agent.journal, 400, 900);
            broker.start();
            subscriber.reconnect();

            assertComplete(subscriber, agent, 900);
        }
    }

    @Test
    void aBrokerThatIsKilledLeavesNothingUnsentInTheJournal() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                Agent agent = new Agent(folder, Configs.uplink(broker.uri())).start()) {
            append(agent.journal, 0, 2_000);
            broker.kill();
            broker.start();
            append(agent.journal, 2_000, 2_100);

            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
        }
    }

    @Test
    void aBrokerThatHangsIsLeftAndTheRestIsSentOnceItLives() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder, "max_inflight_messages 5");
                Subscriber subscriber = new Subscriber(broker.uri(), "console", "picket/v1/plant/press-4/#");
                Agent agent = new Agent(folder, Configs.uplink(broker.uri())).start()) {
            append(agent.journal, 0, 20);
            assertThat(subscriber.awaits(s -> s.ids().size() == 20)).isTrue();
            long before = agent.session();
            broker.freeze();
            append(agent.journal, 20, 200);
            Until.holds("the hanging connection is given up", () -> !agent.current.isUp());
            broker.thaw();

            assertComplete(subscriber, agent, 200);
            assertThat(agent.session()).isGreaterThan(before);
        }
    }

    @Test
    void whatIsWrittenWhileTheBrokerIsAwayIsHistoricalAndTheRestIsNot() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscriber subscriber = new Subscriber(broker.uri(), "console", "picket/v1/plant/press-4/#");
                Agent agent = new Agent(folder, Configs.uplink(broker.uri()))) {
            append(agent.journal, 0, 5);
            agent.start();
            assertComplete(subscriber, agent, 5);
            append(agent.journal, 5, 8);
            assertComplete(subscriber, agent, 8);

            Map<Boolean, Long> historical = subscriber.all().stream()
                    .filter(g -> g.properties().containsKey("id"))
                    .collect(Collectors.partitioningBy(
                            g -> Boolean.parseBoolean(g.properties().get("historical")), Collectors.counting()));
            assertThat(historical).containsEntry(true, 5L).containsEntry(false, 3L);
        }
    }

    @Test
    void aBrokerThatRefusesVerdictsGetsThemOnceItTakesThem() throws Exception {
        Path acl = folder.resolve("acl");
        Files.writeString(acl, "topic deny picket/v1/plant/press-4/verdict/#\ntopic readwrite #\n");
        try (Mosquitto broker = Mosquitto.start(folder, "acl_file " + acl);
                Subscriber subscriber = new Subscriber(broker.uri(), "console", "picket/v1/plant/press-4/#");
                Agent agent = new Agent(folder, Configs.uplink(broker.uri())).start()) {
            append(agent.journal, 0, 40);
            assertThat(subscriber.awaits(s -> s.ids().size() == 4))
                    .as("the escalations")
                    .isTrue();
            assertThat(agent.awaits(depth -> depth.total() == 36)).isTrue();
            Until.holds("it says so", () -> agent.trouble().contains("reason code 135"));
            Files.writeString(acl, "topic readwrite #\n");
            broker.readsItsConfigAgain();

            assertComplete(subscriber, agent, 40);
        }
    }

    @Test
    void aRefusedRowHoldsItsPriorityAloneUntilItIsTaken() throws Exception {
        FakeLink link = new FakeLink();
        link.refuse("alarm-1");
        try (Agent agent = new Agent(folder, Configs.uplink(URI.create("mqtt://localhost")), link, List.of())) {
            append(agent.journal, 0, 100);
            agent.start();
            assertThat(agent.awaits(depth -> depth.unsent().getOrDefault(Priority.ESCALATION, 0L) == 0
                            && depth.unsent().getOrDefault(Priority.ROUTINE, 0L) == 0))
                    .as("the other priorities go on")
                    .isTrue();
            assertThat(agent.trouble()).contains("priority alarm", "reason code 151");
            append(agent.journal, 100, 110);
            assertThat(agent.awaits(depth -> depth.unsent().getOrDefault(Priority.ROUTINE, 0L) == 0))
                    .as("so do rows that come later")
                    .isTrue();
            assertThat(agent.journal.depth().ackedThrough()).containsEntry(Priority.ALARM, 0L);
            assertThat(agent.session()).as("on the same connection").isEqualTo(1);
            link.takeAgain("alarm-1");

            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
            Until.holds("the trouble is over", () -> agent.trouble().isEmpty());
        }
    }

    @Test
    void aPacketsSizeIsWhatPahoMakesOfIt() throws Exception {
        for (int labels : List.of(1, 20, 2_000)) {
            Verdict verdict = Verdicts.withLabels("é 日本", labels, Priority.ESCALATION);
            PendingVerdict row = new PendingVerdict(
                    "0123456789ab", Priority.ESCALATION, 7, Instant.now(), Duration.ofDays(30), verdict);
            Message message = new EventEncoder(new Topics(Configs.GATEWAY), _ -> false).encode(row, Instant.now());
            MqttMessage made = PahoMessage.of(message);
            made.getProperties().setTopicAlias(1);
            MqttPublish packet = new MqttPublish(message.topic(), made, made.getProperties());
            packet.setMessageId(1);
            assertThat(PacketSize.of(message)).isEqualTo(packet.getHeader().length + packet.getPayload().length);
        }
    }
}
