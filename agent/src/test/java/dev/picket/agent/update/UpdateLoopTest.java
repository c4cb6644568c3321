package dev.picket.agent.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.UpdatesConfig;
import dev.picket.inference.engine.EngineOptions;
import dev.picket.ota.update.InstallOrder;
import dev.picket.ota.update.Refreshed;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdateLoopTest {
    @TempDir
    Path folder;

    private final List<String> ended = new CopyOnWriteArrayList<>();
    private final CountDownLatch both = new CountDownLatch(2);

    @Test
    void oneOrderOfEachKindWaitsAndTheRollbackGoesFirst() throws Exception {
        ServingSet serving = new ServingSet();
        UpdateLoop loop = open(serving);
        assertThat(loop.order(told(install("i-1")))).isTrue();
        assertThat(loop.order(told(new UpdateOrder.Rollback("r-1", "factory/1"))))
                .isTrue();
        assertThat(loop.order(install("i-2"))).isFalse();
        assertThat(loop.order(new UpdateOrder.Rollback("r-2", "factory/1"))).isFalse();

        Thread thread = Thread.ofPlatform().name("picket-updates").start(loop);
        try {
            assertThat(both.await(60, TimeUnit.SECONDS)).as("ended: %s", ended).isTrue();
            assertThat(ended).containsExactly("r-1", "i-1");
        } finally {
            thread.interrupt();
            thread.join(30_000);
            serving.close();
        }
    }

    private static UpdateOrder install(String id) {
        return new UpdateOrder.Install(new InstallOrder(id, "sets/factory/1.json", false, false));
    }

    private UpdateOrder told(UpdateOrder order) {
        var _ = order.end().whenComplete((_, _) -> {
            ended.add(order.id());
            both.countDown();
        });
        return order;
    }

    /** One that follows no repository: what is ordered of it ends at once. */
    private UpdateLoop open(ServingSet serving) throws Exception {
        return Updates.open(
                ConfigLoader.defaults(UpdatesConfig.class),
                folder.resolve("updates"),
                Set.of("fraud"),
                serving,
                new EngineOptions(2, 1, 1 << 20, 64),
                "0.1.0",
                Instant.EPOCH,
                Instant::now,
                _ -> {},
                Refreshed.NOTHING);
    }
}
