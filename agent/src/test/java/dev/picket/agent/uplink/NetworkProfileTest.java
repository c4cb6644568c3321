package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.Seed;
import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.journal.Verdicts;
import dev.picket.agent.line.Acks;
import dev.picket.agent.line.Line;
import dev.picket.agent.line.Weather;
import dev.picket.agent.read.Until;
import dev.picket.inference.Priority;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Counted verdicts through bad networks to a real broker. Each profile runs here ten times faster than life, and with the tag
 * {@code long} at life's speed: 600 ms there and back with a second's stall for 2 % of segments, and 3G's 64 and 384 kbit/s.
 */
class NetworkProfileTest {
    private static final int WINDOW = 20;
    private static final int ROWS = 400;
    private static final Weather SATELLITE = new Weather(Duration.ofMillis(600), Duration.ofSeconds(1), 0.02, 0, 0);
    private static final Weather THIRD_GENERATION =
            new Weather(Duration.ofMillis(100), Duration.ofMillis(300), 0.005, 64_000 / 8, 384_000 / 8);

    @TempDir
    Path folder;

    /** What goes wrong besides, while rows flow. */
    private interface Mischief {
        void on(Line line, Agent agent, Subscriber consumer) throws Exception;
    }

    private static final Mischief NONE = (_, _, _) -> {};

    /** Half of the rows wait when the agent starts, the others come while it sends. */
    private void carriesAll(int rows, Weather weather, Acks acks, Mischief mischief) throws Exception {
        long seed = Seed.ofThisRun();
        try (Mosquitto broker = Mosquitto.start(folder, "max_inflight_messages " + WINDOW);
                Subscriber consumer = new Subscriber(broker.uri(), "consumer", "picket/v1/plant/press-4/#");
                Line line = new Line(broker.uri(), weather, acks, seed);
                Agent agent = new Agent(folder, config(line))) {
            append(agent, 0, rows / 2);
            agent.start();
            assertThat(consumer.awaits(c -> !c.ids().isEmpty())).isTrue();
            append(agent, rows / 2, rows);
            mischief.on(line, agent, consumer);
            assertThat(agent.awaits(depth -> depth.total() == 0))
                    .as("all is acknowledged, seed %d, %s", seed, agent.report())
                    .isTrue();

            Set<String> written = agent.journal.latest(rows + 1).stream()
                    .map(PendingVerdict::id)
                    .collect(Collectors.toSet());
            assertThat(written).hasSize(rows);
            assertThat(consumer.awaits(c -> c.ids().size() == rows)).isTrue();
            assertThat(consumer.ids()).isEqualTo(written);
            inOrder(consumer);
            long events = consumer.all().stream()
                    .filter(got -> got.properties().containsKey("id"))
                    .count();
            // Acknowledged in order, what is sent again was in flight; behind a hole it is also what was acknowledged.
            int again = acks.equals(Acks.PROMPT) ? WINDOW : config(line).unmarked();
            assertThat(events - rows)
                    .as("sent again over %d connections", line.connections())
                    .isLessThanOrEqualTo((long) (line.connections() - 1) * again);
            assertThat(line.mostUnacknowledged()).isLessThanOrEqualTo(WINDOW);
        }
    }

    private static UplinkConfig config(Line line) {
        return Configs.uplink(line.uri());
    }

    private static void append(Agent agent, int from, int to) throws Exception {
        Priority[] priorities = Priority.values();
        List<Verdict> rows = new ArrayList<>();
        for (int i = from; i < to; i++) {
            rows.add(Verdicts.of("line1", "r" + i, "fraud", priorities[i % priorities.length]));
        }
        agent.journal.append(rows, Map.of());
    }

    /** Each priority's rows came for the first time in the order of their seq, without a gap. */
    private static void inOrder(Subscriber consumer) {
        Map<Priority, Set<Long>> firsts = new EnumMap<>(Priority.class);
        for (Subscriber.Got got : consumer.all()) {
            String priority = got.properties().get("priority");
            if (priority != null) {
                firsts.computeIfAbsent(
                                Priority.valueOf(priority.toUpperCase(java.util.Locale.ROOT)),
                                _ -> new LinkedHashSet<>())
                        .add(Long.valueOf(got.properties().get("seq")));
            }
        }
        firsts.forEach((priority, seqs) -> assertThat(List.copyOf(seqs))
                .as("seq of %s", priority)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, seqs.size()).boxed().toList()));
    }

    /** Cuts the line each time another part of the rows has come, and lets it back once the agent has noticed. */
    private static Mischief offAndOn(int times) {
        return (line, agent, consumer) -> {
            for (int i = 1; i <= times; i++) {
                int wanted = ROWS * i / (times + 2);
                consumer.awaits(c -> c.ids().size() >= wanted);
                line.off();
                Until.holds("the agent finds the line cut", () -> agent.session() < 0);
                line.on();
            }
        };
    }

    /** Lets the connection go silent in the middle of a packet, each time another part of the rows has come. */
    private static Mischief halfOpen(int times) {
        return (line, agent, consumer) -> {
            for (int i = 1; i <= times; i++) {
                int wanted = ROWS * i / (times + 2);
                consumer.awaits(c -> c.ids().size() >= wanted);
                long session = agent.session();
                line.hushAfter(1_000);
                Until.holds("another session is up", () -> agent.session() > session);
            }
        };
    }

    @Test
    void aLineThatIsOffAndOnInTurnsCarriesAll() throws Exception {
        carriesAll(ROWS, new Weather(Duration.ofMillis(20), Duration.ZERO, 0, 0, 0), Acks.PROMPT, offAndOn(4));
    }

    @Test
    void aSatelliteThatLosesSegmentsCarriesAll() throws Exception {
        carriesAll(ROWS, SATELLITE.faster(10), Acks.PROMPT, NONE);
    }

    @Test
    void aLineOfTheThirdGenerationCarriesAll() throws Exception {
        carriesAll(ROWS, THIRD_GENERATION.faster(10), Acks.PROMPT, NONE);
    }

    @Test
    void aHalfOpenConnectionIsFoundAndLeft() throws Exception {
        carriesAll(ROWS, new Weather(Duration.ofMillis(20), Duration.ZERO, 0, 0, 0), Acks.PROMPT, halfOpen(2));
    }

    @Test
    void aHalfOpenConnectionIsFoundWhileNothingIsToSend() throws Exception {
        try (Mosquitto broker = Mosquitto.start(folder);
                Line line = new Line(broker.uri(), Weather.CLEAR, Acks.PROMPT, 1);
                Agent agent = new Agent(folder, Configs.uplink(folder, line.uri(), "keep-alive: 1s")).start()) {
            agent.awaitUp();
            line.hushAfter(0);
            Until.holds("another session is up", () -> agent.session() > 1);
        }
    }

    @Test
    void acknowledgementsThatComeLateHoldNothingUp() throws Exception {
        carriesAll(ROWS, Weather.CLEAR, Acks.late(Duration.ofMillis(100)), NONE);
    }

    @Test
    void acknowledgementsOutOfOrderMarkTheRightRows() throws Exception {
        carriesAll(ROWS, Weather.CLEAR, Acks.shuffled(Duration.ofMillis(50), new Random(7)), NONE);
    }

    @Test
    void anAcknowledgementThatNeverComesIsWaitedForOnceOnly() throws Exception {
        carriesAll(ROWS, Weather.CLEAR, Acks.withheld(150, 2), NONE);
    }

    @Test
    void theLastAcknowledgementThatNeverComesIsNotWaitedForEver() throws Exception {
        // Birth and report are acknowledged as well; the fifth is one of few rows, and none comes behind them.
        carriesAll(4, Weather.CLEAR, Acks.withheld(5, 1), NONE);
    }

    @Test
    @Tag("long")
    void atLifesSpeedASatelliteCarriesAll() throws Exception {
        carriesAll(600, SATELLITE, Acks.PROMPT, NONE);
    }

    @Test
    @Tag("long")
    void atLifesSpeedALineOfTheThirdGenerationCarriesAll() throws Exception {
        carriesAll(400, THIRD_GENERATION, Acks.PROMPT, NONE);
    }

    @Test
    @Tag("long")
    void everythingAtOnceCarriesAll() throws Exception {
        Weather storm = new Weather(Duration.ofMillis(300), Duration.ofSeconds(1), 0.02, 64_000, 64_000);
        Random random = new Random(11);
        Acks acks = new Acks() {
            private final Acks never = Acks.withheld(200, 5);
            private final Acks shuffled = Acks.shuffled(Duration.ofMillis(300), random);

            @Override
            public java.util.OptionalLong next() {
                return never.next().isEmpty() ? java.util.OptionalLong.empty() : shuffled.next();
            }
        };
        carriesAll(600, storm, acks, (line, agent, consumer) -> {
            offAndOn(3).on(line, agent, consumer);
            halfOpen(3).on(line, agent, consumer);
        });
    }
}
