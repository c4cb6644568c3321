package dev.picket.agent.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.read.FakeJudge;
import dev.picket.agent.uplink.Configs;
import dev.picket.agent.uplink.Subscriber;
import dev.picket.agent.uplink.Topics;
import dev.picket.inference.Priority;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.jspecify.annotations.Nullable;

/**
 * One agent's data directory, the files it reads, a consumer that keeps ids and a console, around lives that are cut short.
 * However they end, the same holds in the end: {@link #assertWhole}.
 */
final class Scene implements AutoCloseable {
    /** A broker of Mosquitto's that does not take the largest rows: they become gaps. */
    static final String PACKETS = "max_packet_size 5000";

    private static final long PATIENCE_SECONDS = 90;
    private static final long NOTICE_SECONDS = 5;
    private static final long LOOK_MILLIS = 10;

    private final Path folder;
    private final URI broker;
    private final int window;
    private final Consumer consumer;
    private final Console console;
    private final List<String> lines = new ArrayList<>();
    private int blanks;
    private int deaths;
    /** Whether the console sends commands again that have no answer: a killed broker may have lost them. */
    private boolean repeating;

    /** @param window the most publications that the agent has in flight, if the broker takes as many */
    Scene(Path folder, URI broker, int window) throws IOException, MqttException {
        this.folder = folder;
        this.broker = broker;
        this.window = window;
        for (String filter : new Topics(Configs.GATEWAY).commandFilters()) {
            // The agent was there before: the broker keeps its session, and what is sent to it.
            new Subscriber(broker, "picket$plant$press-4", filter).close();
        }
        this.consumer = new Consumer(broker);
        this.console = new Console(broker, folder);
    }

    /** Adds lines to the files, odd ones, one too large for the broker and a blank one among them, and sends commands. */
    void traffic(int more, int commands) throws IOException, MqttException {
        for (String source : AgentProcess.SOURCES) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < more; i++) {
                String line = (i == 2 ? "huge " : i % 7 == 3 ? "odd " : "line ") + source + " " + lines.size();
                lines.add(line);
                text.append(line).append('\n');
            }
            // Each task of a source drops a blank line.
            blanks += source.equals(AgentProcess.ROUTED) ? 2 : 1;
            Files.writeString(
                    file(source),
                    text.append('\n'),
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
        console.send(commands);
    }

    /** A life among traps, with more traffic once it runs; it stops in good order when there is nothing left to do. */
    Optional<Spot> lives(List<Trap> traps, int more, int commands) throws Exception {
        try (Life life = Life.among(traps, folder, arguments())) {
            if (life.reads() != null) {
                traffic(more, commands);
                awaitIdle(life);
                life.ends();
            }
            Optional<Spot> spot = life.death();
            deaths += spot.isPresent() ? 1 : 0;
            return spot;
        }
    }

    /** A life among traps that is cut short from outside when it lasts too long. */
    void livesAtMost(long millis, List<Trap> traps, int more, int commands) throws Exception {
        try (Life life = Life.among(traps, folder, arguments())) {
            if (life.reads() != null) {
                traffic(more, commands);
            }
            life.killAfter(millis);
            deaths++;
        }
    }

    /** The last life: does all that is left, and stops in good order. */
    void finish() throws Exception {
        try (Life life = Life.free(folder, arguments())) {
            assertThat(life.reads()).as("it starts; see %s", errors()).isEqualTo("started");
            awaitIdle(life);
            assertThat(life.isAlive()).as("it lives; see %s", errors()).isTrue();
            life.ends();
            life.death();
            assertThat(life.exitValue()).isZero();
        }
    }

    private List<String> arguments() {
        return List.of(folder.toString(), broker.toString(), Integer.toString(window));
    }

    /**
     * A life in which the broker is struck when the agent comes by the first point, while it stands still there, and healed
     * once the agent has noticed; and which ends at the other point, if there is one.
     */
    Optional<Spot> livesThrough(Fault fault, Point at, @Nullable Point death) throws Exception {
        CountDownLatch struck = new CountDownLatch(1);
        List<Trap> traps = new ArrayList<>(Trap.at(at));
        traps.addAll(death == null ? List.of() : Trap.later(death));
        Life.Fate fate = _ -> {
            if (struck.getCount() == 0) {
                return death != null;
            }
            fault.strike();
            struck.countDown();
            return false;
        };
        try (Life life = Life.among(traps, fate, folder, arguments())) {
            if (life.reads() != null) {
                traffic(10, 0);
                assertThat(struck.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                        .as("the agent comes by where '%s' is", at)
                        .isTrue();
                traffic(10, 0);
                awaitAway(life);
                fault.heal(life);
                repeating = true;
                awaitIdle(life);
                life.ends();
            }
            Optional<Spot> spot = life.death();
            deaths += spot.isPresent() ? 1 : 0;
            return spot;
        }
    }

    /** Until the agent has noticed that the broker is gone; a hanging one is not missed where there is nothing to say. */
    private static void awaitAway(Life life) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(NOTICE_SECONDS);
        String now = life.asks("");
        while (now != null && !now.endsWith("away") && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
            now = life.asks("");
        }
    }

    /** Until all is read, sent and answered, or the process is dead. */
    private void awaitIdle(Life life) throws IOException, MqttException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        long repeated = System.nanoTime();
        long bytes = 0;
        for (String source : AgentProcess.SOURCES) {
            bytes += Files.exists(file(source)) ? Files.size(file(source)) : 0;
        }
        String idle = "0 " + bytes + " 0 up";
        String now = life.asks("");
        while (now != null && !(now.equals(idle) && console.unanswered().isEmpty())) {
            assertThat(System.nanoTime())
                    .as(
                            "it gets done in time: '%s' unsent and bytes read of '%s', unanswered %s",
                            now, idle, console.unanswered())
                    .isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
            if (repeating && System.nanoTime() - repeated > TimeUnit.SECONDS.toNanos(1)) {
                console.repeat();
                repeated = System.nanoTime();
            }
            now = life.asks("");
        }
    }

    /** Connects consumer and console again, after the broker was away. */
    void reconnect() throws MqttException {
        consumer.reconnect();
        console.reconnect();
    }

    void awaitDelivered() throws Exception {
        consumer.awaitDelivered();
    }

    /**
     * Each line has one verdict of each task that it is asked and none of any other, and is in its place, the consumer has each verdict under one id with one content, nothing
     * else has come, each command ran once, and the positions stand at the ends.
     */
    void assertWhole() throws Exception {
        try (Journal journal = Journal.open(folder.resolve("journal.db"), Configs.JOURNAL, Clock.systemUTC())) {
            assertThat(journal.stoppedCleanly()).isTrue();
            List<PendingVerdict> rows = journal.latest(3 * lines.size() + 1);
            List<String> held = rows.stream()
                    .map(row -> String.valueOf(row.verdict().text()) + " "
                            + row.verdict().task())
                    .toList();
            List<String> left = asked(failed(rows));
            assertThat(held).doesNotHaveDuplicates().isSubsetOf(left);
            left.removeAll(held);
            assertThat(left)
                    .as("lines without a row: those that no broker took")
                    .allMatch(line -> line.startsWith("huge "));
            Map<String, Set<Long>> gaps = consumer.gaps();
            assertThat(gaps.values().stream().mapToInt(Set::size).sum()).isEqualTo(left.size());
            assertThat(failed(rows))
                    .as("those blamed: each has stood alone at the mark in two deaths")
                    .hasSizeLessThanOrEqualTo(deaths / 2);
            assertDense(rows, gaps);
            Set<String> ids = rows.stream().map(PendingVerdict::id).collect(Collectors.toCollection(TreeSet::new));
            assertThat(consumer.ids(ids)).isEqualTo(ids);
            Map<String, Long> drops = new TreeMap<>(Map.of("empty", (long) blanks));
            if (!left.isEmpty()) {
                drops.put("too-large", (long) left.size());
            }
            assertThat(journal.depth().dropsByReason()).isEqualTo(drops);
            for (String source : AgentProcess.SOURCES) {
                String position = journal.position(source).orElseThrow();
                assertThat(AgentProcess.offset(position))
                        .as("offset in '%s'", position)
                        .isEqualTo(Files.size(file(source)));
            }
        }
        consumer.assertOneContentPerId();
        console.assertEachRanOnce(folder.resolve("effects"), deaths);
    }

    /** Lines that a verdict says nothing of but that it failed. */
    private static Set<String> failed(List<PendingVerdict> rows) {
        return rows.stream()
                .filter(row -> row.verdict().label() == null)
                .map(row -> String.valueOf(row.verdict().text()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Each line with each task that it is asked: the second one upon an answer of the first, and where that is not sure.
     *
     * @param failed lines that the first one failed on
     */
    private List<String> asked(Set<String> failed) {
        List<String> asked = new ArrayList<>();
        for (String line : lines) {
            asked.add(line + " " + AgentProcess.ROUTER);
            boolean unsure = line.startsWith("odd ") || line.startsWith("huge ") || failed.contains(line);
            if (line.contains(" " + AgentProcess.ROUTED + " ")
                    && (unsure || FakeJudge.label(line).equals(AgentProcess.UPON))) {
                asked.add(line + " " + AgentProcess.SECOND);
            }
        }
        return asked;
    }

    /** Rows and gaps together leave no seq out, and none of them is both. */
    private static void assertDense(List<PendingVerdict> rows, Map<String, Set<Long>> gaps) {
        for (Priority priority : Priority.values()) {
            List<Long> seqs = new ArrayList<>(gaps.getOrDefault(priority.wireName(), Set.of()));
            rows.stream()
                    .filter(row -> row.priority() == priority)
                    .map(PendingVerdict::seq)
                    .forEach(seqs::add);
            assertThat(seqs.stream().sorted())
                    .as("seq of %s", priority)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, seqs.size()).boxed().toList());
        }
    }

    private Path file(String source) {
        return folder.resolve(source + ".log");
    }

    private Path errors() {
        return folder.resolve("errors");
    }

    @Override
    public void close() {
        consumer.close();
        console.close();
    }
}
