package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.uplink.Mosquitto;
import dev.picket.agent.uplink.Subscriber;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker goes and comes, at last for long: nothing is lost, and all of it arrives. */
class BrokerAwayTest {
    private static final int SHORT_ABSENCES = 3;
    private static final int TICKS = 120;
    private static final long TICK_MILLIS = 150;
    private static final long TICK_MILLIS_OF_MINUTES = 2_000;

    @TempDir
    Path folder;

    private int written;

    @Test
    void whatIsReadWhileTheBrokerIsAwayArrivesOnceItIsBack() throws Exception {
        arrives(TICK_MILLIS);
    }

    @Test
    @Tag("long")
    void whatIsReadInMinutesWithoutABrokerArrivesOnceItIsBack() throws Exception {
        arrives(TICK_MILLIS_OF_MINUTES);
    }

    private void arrives(long tickMillis) throws Exception {
        ReleaseShop shop = new ReleaseShop(folder.resolve("shop"));
        String set = shop.publish("1");
        try (Mosquitto broker = Mosquitto.start(folder);
                Subscriber fleet = new Subscriber(broker.uri(), "fleet", "picket/v1/plant/press-4/#");
                RunningAgent agent = RunningAgent.start(
                        folder,
                        "uplink: { broker: \"" + broker.uri() + "\", retry-first: 100ms, retry-most: 2s }",
                        RunningAgent.updates(shop.served().toUri(), shop.root()))) {
            agent.awaitServing(set);
            for (int i = 0; i < SHORT_ABSENCES; i++) {
                append(agent, 50);
                broker.stop();
                append(agent, 50);
                agent.awaitRows(written);
                broker.start();
                fleet.reconnect();
            }
            assertDrained(agent, fleet);
            broker.stop();
            long sent = agent.status().at("/figures/acknowledged").asLong();
            workGoesOn(agent, tickMillis);
            agent.awaitRows(written);
            JsonNode away = agent.status();
            assertThat(away.path("uplink").asText()).isEqualTo("away");
            assertThat(away.path("judging").asText()).isEqualTo("serving");
            assertThat(away.at("/figures/unsent").asLong()).isEqualTo(written - sent);
            broker.start();
            fleet.reconnect();

            assertDrained(agent, fleet);
            long historical = fleet.all().stream()
                    .filter(got -> "true".equals(got.properties().get("historical")))
                    .map(got -> got.properties().get("id"))
                    .distinct()
                    .count();
            assertThat(historical).as("written before this connection").isGreaterThanOrEqualTo(written - sent);
        }
    }

    /** A few lines at each tick. */
    private void workGoesOn(RunningAgent agent, long tickMillis) throws InterruptedException {
        CountDownLatch ticks = new CountDownLatch(TICKS);
        try (ScheduledExecutorService floor = Executors.newSingleThreadScheduledExecutor()) {
            var _ = floor.scheduleAtFixedRate(
                    () -> {
                        append(agent, 5);
                        ticks.countDown();
                    },
                    tickMillis,
                    tickMillis,
                    TimeUnit.MILLISECONDS);
            assertThat(ticks.await(10, TimeUnit.MINUTES)).as("all is written").isTrue();
        }
    }

    private void append(RunningAgent agent, int lines) {
        try {
            for (int i = 0; i < lines; i++) {
                agent.append("pump " + written + " runs warm");
                written++;
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void assertDrained(RunningAgent agent, Subscriber fleet) throws Exception {
        agent.awaitRows(written);
        agent.awaitStatus(
                "all is acknowledged", now -> now.at("/figures/unsent").asLong() == 0);
        assertThat(fleet.awaits(f -> f.ids().size() >= written)).isTrue();
        List<PendingVerdict> rows = agent.rows();
        assertThat(rows).hasSize(written);
        assertThat(rows.stream().map(row -> row.verdict().text()).distinct()).hasSize(written);
        assertThat(fleet.ids())
                .isEqualTo(rows.stream().map(PendingVerdict::id).collect(Collectors.toCollection(TreeSet::new)));
        rows.stream()
                .collect(Collectors.groupingBy(PendingVerdict::priority))
                .forEach((priority, of) -> assertThat(
                                of.stream().map(PendingVerdict::seq).sorted())
                        .as("seq of %s", priority)
                        .containsExactlyElementsOf(
                                LongStream.rangeClosed(1, of.size()).boxed().toList()));
    }
}
