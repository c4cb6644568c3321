package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.update.UpdateOrder;
import dev.picket.ota.update.Ended;
import dev.picket.ota.update.InstallOrder;
import dev.picket.ota.update.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two Sets take turns, each examined and switched to, while more is written than can be judged. */
class SwapsTest {
    private static final int SAMPLE = 2;
    private static final int MANY = 100;
    private static final int LINES = 200;
    private static final int AHEAD = 1_000;

    @TempDir
    Path folder;

    @Test
    void noReadingIsLostOrJudgedTwiceAcrossSomeSwaps() throws Exception {
        swap(SAMPLE);
    }

    @Test
    @Tag("long")
    void norAcrossAHundred() throws Exception {
        swap(MANY);
    }

    private void swap(int times) throws Exception {
        ReleaseShop shop = new ReleaseShop(folder.resolve("shop"));
        List<String> sets = List.of(shop.publish("1"), shop.publish("2"));
        try (RunningAgent agent =
                RunningAgent.start(folder, RunningAgent.updates(shop.served().toUri(), shop.root()))) {
            agent.awaitServing(sets.getLast());
            AtomicBoolean done = new AtomicBoolean();
            CompletableFuture<Integer> written = CompletableFuture.supplyAsync(() -> write(agent, done));
            try {
                for (int i = 0; i < times; i++) {
                    Ended ended = install(agent, sets.get(i % 2), i);
                    assertThat(ended.step()).as(ended.sentence()).isEqualTo(Step.COMMITTED);
                }
            } finally {
                done.set(true);
            }
            int all = written.get(60, TimeUnit.SECONDS);
            agent.awaitRows(all);
            List<PendingVerdict> rows = agent.rows();
            assertThat(rows.stream().map(row -> row.verdict().text()))
                    .hasSize(all)
                    .doesNotHaveDuplicates();
            assertThat(rows).noneMatch(row -> row.verdict().label() == null);
            assertThat(turns(rows)).as("how often the answering task changed").isGreaterThanOrEqualTo(times);
        }
    }

    private static Ended install(RunningAgent agent, String set, int number) throws Exception {
        UpdateOrder.Install order =
                new UpdateOrder.Install(new InstallOrder("swap-" + number, "sets/" + set + ".json", true, true));
        assertThat(agent.agent().updates().order(order)).isTrue();
        return order.end().get(120, TimeUnit.SECONDS);
    }

    /** Keeps the agent's source ahead of what is judged, without end. */
    private static int write(RunningAgent agent, AtomicBoolean done) {
        try {
            int written = 0;
            while (!done.get()) {
                int from = written;
                agent.append(IntStream.range(from, from + LINES)
                        .mapToObj("work order %d is late"::formatted)
                        .toArray(String[]::new));
                written += LINES;
                agent.awaitRows(written - AHEAD);
            }
            return written;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static long turns(List<PendingVerdict> newestFirst) {
        return IntStream.range(1, newestFirst.size())
                .filter(i -> !String.valueOf(newestFirst.get(i).verdict().taskDigest())
                        .equals(newestFirst.get(i - 1).verdict().taskDigest()))
                .count();
    }
}
