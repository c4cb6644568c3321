package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.UplinkConfig;
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

/** {@code uplink.order: live-first}: what is new goes before what had waited, and nothing is lost or marked too early. */
class OrderTest {
    private static final UplinkConfig LIVE_FIRST = Configs.liveFirst(URI.create("mqtt://localhost"));

    @TempDir
    Path folder;

    private final FakeLink link = new FakeLink();

    private Agent agent(UplinkConfig config) throws Exception {
        return new Agent(folder, config, link, List.of());
    }

    private static void append(Agent agent, int from, int to) throws JournalUnavailableException {
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = from; i < to; i++) {
            verdicts.add(Verdicts.of("line1", "r" + i, "fraud", i % 10 == 0 ? Priority.ALARM : Priority.ROUTINE));
        }
        agent.journal.append(verdicts, Map.of());
    }

    private static String property(Message message, String name) {
        return message.properties().stream()
                .filter(each -> each.getKey().equals(name))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    private List<Long> taken(Priority priority) {
        return link.taken.stream()
                .filter(message -> message.topic().contains("/verdict/"))
                .filter(message -> property(message, "priority").equals(priority.wireName()))
                .map(message -> Long.valueOf(property(message, "seq")))
                .toList();
    }

    @Test
    void whatComesDuringABacklogGoesBeforeItAndEachLaneKeepsItsOrder() throws Exception {
        try (Agent agent = agent(LIVE_FIRST)) {
            append(agent, 0, 400);
            link.holdAcks(5);
            agent.start();
            Until.holds("the window is full of the backlog", () -> link.waiting() == 5);
            append(agent, 400, 420);
            link.holdAcks(0);

            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
            List<Long> routine = taken(Priority.ROUTINE);
            assertThat(routine).hasSize(378).doesNotHaveDuplicates();
            assertThat(routine.stream().filter(seq -> seq > 360)).isSorted();
            assertThat(routine.stream().filter(seq -> seq <= 360)).isSorted();
            assertThat(routine.indexOf(361L))
                    .as("the first new one overtakes most of the backlog")
                    .isLessThan(200);
            assertThat(agent.journal.depth().ackedThrough()).containsEntry(Priority.ROUTINE, 378L);
        }
    }

    @Test
    void theMarkWaitsForTheBacklogAndAConnectionLaterNothingEarlyIsSentAgain() throws Exception {
        link.refuse("routine-1");
        try (Agent agent = agent(LIVE_FIRST)) {
            append(agent, 1, 10);
            agent.start();
            Until.holds("the backlog is refused", () -> agent.trouble().contains("routine"));
            append(agent, 11, 20);
            Until.holds("the new rows are taken", () -> taken(Priority.ROUTINE).contains(18L));
            assertThat(agent.journal.depth().ackedThrough()).containsEntry(Priority.ROUTINE, 0L);
            assertThat(agent.journal.depth().total()).isEqualTo(18);

            link.last.breakOff();
            append(agent, 21, 30);
            link.takeAgain("routine-1");
            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
            List<Long> routine = taken(Priority.ROUTINE);
            assertThat(routine).contains(27L);
            for (long seq = 10; seq <= 18; seq++) {
                long early = seq;
                assertThat(routine.stream().filter(each -> each == early))
                        .as("row " + seq)
                        .hasSize(1);
            }
        }
    }

    @Test
    void afterARestartEarlyRowsGoAgainUnderTheSameIds() throws Exception {
        link.refuse("routine-1");
        try (Agent agent = agent(LIVE_FIRST)) {
            append(agent, 1, 10);
            agent.start();
            Until.holds("the backlog is refused", () -> agent.trouble().contains("routine"));
            append(agent, 11, 20);
            Until.holds("the new rows are taken", () -> taken(Priority.ROUTINE).contains(18L));
        }
        link.takeAgain("routine-1");
        try (Agent agent = agent(LIVE_FIRST).start()) {
            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
            assertThat(taken(Priority.ROUTINE)).contains(1L, 9L);
            assertThat(taken(Priority.ROUTINE).stream().distinct()).hasSize(18);
        }
    }

    @Test
    void anAlarmOfTheBacklogGoesBeforeNewRoutine() throws Exception {
        try (Agent agent = agent(LIVE_FIRST)) {
            append(agent, 0, 400);
            link.holdAcks(5);
            agent.start();
            Until.holds("the window is full", () -> link.waiting() == 5);
            append(agent, 401, 410);
            link.holdAcks(0);
            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
            List<String> topics = link.taken.stream()
                    .filter(message -> message.topic().contains("/verdict/"))
                    .map(message -> property(message, "priority"))
                    .toList();
            assertThat(topics.subList(0, 40)).containsOnly("alarm");
        }
    }
}
