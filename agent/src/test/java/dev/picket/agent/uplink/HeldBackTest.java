package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.MeterConfig;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.journal.Verdicts;
import dev.picket.agent.read.Until;
import dev.picket.inference.Priority;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that wait though the broker is there: for the console, and for a metered link. */
class HeldBackTest {
    private static final URI NOWHERE = URI.create("mqtt://localhost");
    private static final String ROOT = "picket/v1/plant/press-4/";

    @TempDir
    Path folder;

    private static void append(Agent agent, int from, int to, Priority priority) throws JournalUnavailableException {
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = from; i < to; i++) {
            verdicts.add(Verdicts.of("line1", "r" + i, "fraud", priority));
        }
        agent.journal.append(verdicts, Map.of());
    }

    private static void console(Subscriber console, String status) throws MqttException {
        console.publish(Topics.CONSOLE_STATUS, status.getBytes(StandardCharsets.UTF_8), true, new MqttProperties());
    }

    private static boolean said(Subscriber subscriber, String topic) {
        return subscriber.all().stream().anyMatch(got -> got.topic().equals(topic));
    }

    @Test
    void rowsWaitUntilTheConsoleIsOnlineAndTheRestDoesNot() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscriber console = new Subscriber(broker.uri(), "console", "picket/v1/plant/#");
                Agent agent = new Agent(folder, Configs.waitingForConsole(broker.uri())).start()) {
            append(agent, 0, 10, Priority.ROUTINE);
            Until.holds("it says why", () -> agent.heldBack().contains("console is not online"));
            assertThat(agent.trouble()).isEqualTo(agent.heldBack());
            assertThat(console.awaits(c -> said(c, ROOT + "status") && said(c, ROOT + "report")))
                    .isTrue();
            assertThat(console.ids()).isEmpty();

            console(console, "{\"online\":true}");
            assertThat(console.awaits(c -> c.ids().size() == 10)).isTrue();
            console(console, "{\"online\":false}");
            Until.holds("it has heard it", () -> !agent.gate.isOpen());
            append(agent, 10, 20, Priority.ESCALATION);
            Until.holds("it says why again", () -> agent.heldBack().contains("console is not online"));
            assertThat(console.ids()).hasSize(10);

            console(console, "");
            console(console, "{\"online\":true}");
            assertThat(console.awaits(c -> c.ids().size() == 20)).isTrue();
            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
        }
    }

    @Test
    void theRetainedStatusOpensTheGateOnEachConnection() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscriber console = new Subscriber(broker.uri(), "console", "picket/v1/plant/#")) {
            console(console, "{\"online\":true}");
            try (Agent agent = new Agent(folder, Configs.waitingForConsole(broker.uri())).start()) {
                append(agent, 0, 10, Priority.ROUTINE);
                assertThat(console.awaits(c -> c.ids().size() == 10)).isTrue();
                broker.stop();
                append(agent, 10, 20, Priority.ROUTINE);
                broker.start();
                console.reconnect();
                assertThat(console.awaits(c -> c.ids().size() == 20)).isTrue();
            }
        }
    }

    @Test
    void aDaysBudgetLetsTheMostUrgentGoAndKeepsTheRestForTomorrow() throws Exception {
        FakeLink link = new FakeLink();
        MeterConfig meter = new MeterConfig(0, 65_536, 60_000);
        try (Agent agent = new Agent(folder, Configs.metered(NOWHERE, meter), link, List.of())) {
            append(agent, 0, 300, Priority.ROUTINE);
            append(agent, 300, 310, Priority.ESCALATION);
            agent.start();
            Until.holds("it says why", () -> agent.heldBack().contains("60000 bytes"));
            assertThat(agent.trouble()).contains("60000 bytes");
            assertThat(agent.awaits(depth -> depth.unsent().getOrDefault(Priority.ESCALATION, 0L) == 0))
                    .isTrue();
            long bytes = link.taken.stream().mapToLong(PacketSize::of).sum();
            long rows = link.taken.stream()
                    .filter(message -> message.topic().contains("/verdict/"))
                    .count();
            assertThat(rows).isBetween(20L, 200L);
            assertThat(agent.meter.bytesToday()).isEqualTo(bytes);
            assertThat(agent.awaits(depth -> depth.total() == 300 - rows)).isTrue();
        }
        try (Agent agent = new Agent(folder, Configs.metered(NOWHERE, meter), link, List.of()).start()) {
            Until.holds(
                    "a restart brings no second budget", () -> agent.heldBack().contains("60000 bytes"));
        }
    }

    @Test
    void aRateSpreadsRowsAndAnEscalationOvertakesThem() throws Exception {
        FakeLink link = new FakeLink();
        MeterConfig meter = new MeterConfig(50_000, 2_000, 0);
        try (Agent agent = new Agent(folder, Configs.metered(NOWHERE, meter), link, List.of())) {
            append(agent, 0, 100, Priority.ROUTINE);
            long start = System.nanoTime();
            agent.start();
            Until.holds("it says why", () -> agent.heldBack().contains("50000 bytes a second"));
            assertThat(agent.trouble()).as("it is as it should be").isEmpty();
            append(agent, 100, 101, Priority.ESCALATION);
            assertThat(agent.awaits(depth -> depth.unsent().getOrDefault(Priority.ESCALATION, 0L) == 0))
                    .isTrue();
            assertThat(agent.journal.depth().unsent().getOrDefault(Priority.ROUTINE, 0L))
                    .isPositive();
            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
            double seconds = (System.nanoTime() - start) / 1e9;
            long rows = link.taken.stream()
                    .filter(message -> message.topic().contains("/verdict/"))
                    .mapToLong(PacketSize::of)
                    .sum();
            assertThat(rows).isLessThanOrEqualTo((long) (2_000 + 50_000 * seconds));
        }
    }
}
