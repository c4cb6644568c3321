package dev.picket.agent.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.ReleaseShop;
import dev.picket.agent.read.Until;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.release.ReleaseLimits;
import dev.picket.ota.store.FileStore;
import dev.picket.ota.tuf.TufClient;
import dev.picket.ota.tuf.TufLimits;
import dev.picket.ota.update.InstallOrder;
import dev.picket.ota.update.Refreshed;
import dev.picket.ota.update.StateFile;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.UpdateSettings;
import dev.picket.ota.update.Updater;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop's part in it: what waits in its queue ends a fetch that never would. */
class OrderDuringFetchTest {
    @TempDir
    Path folder;

    /** A place that says nothing once it is told to hang. */
    private static final class Silent implements Fetcher {
        private final Fetcher place;
        private final CountDownLatch asked = new CountDownLatch(1);
        private volatile boolean hangs;

        Silent(Fetcher place) {
            this.place = place;
        }

        @Override
        public void fetch(String path, long from, long maxBytes, Body body)
                throws RejectedException, UnavailableException, IOException, InterruptedException {
            if (hangs && path.startsWith("blobs/")) {
                asked.countDown();
                new CountDownLatch(1).await();
            }
            place.fetch(path, from, maxBytes, body);
        }
    }

    @Test
    void anInstallThatWaitsEndsAFetchThatHangsAndSoDoesAStop() throws Exception {
        ReleaseShop shop = new ReleaseShop(folder.resolve("shop"));
        String first = shop.publish("1");
        Silent place = new Silent(Fetcher.of(shop.served().toUri(), FetchLimits.DEFAULT));
        UpdateLoop loop = loop(shop, place);
        Thread thread = Thread.ofPlatform().daemon().name("picket-updates").start(loop);
        Until.holds(
                "the first Set is proved",
                () -> loop.status().proved() && loop.status().step() == Step.IDLE);
        place.hangs = true;
        shop.publish("2");
        loop.pollNow();
        assertThat(place.asked.await(60, TimeUnit.SECONDS)).isTrue();

        UpdateOrder.Install order =
                new UpdateOrder.Install(new InstallOrder("i-1", "sets/" + first + ".json", false, false));
        assertThat(loop.order(order)).isTrue();
        assertThat(order.end().get(60, TimeUnit.SECONDS).step()).isEqualTo(Step.COMMITTED);

        // The channel's Set of then was passed over by the order; the next one counts.
        shop.publish("3");
        loop.pollNow();
        Until.holds("the channel's next Set is fetched", () -> loop.status().step() == Step.FETCHING);
        thread.interrupt();
        assertThat(thread.join(Duration.ofSeconds(60))).isTrue();
    }

    private UpdateLoop loop(ReleaseShop shop, Fetcher place) throws Exception {
        Path data = folder.resolve("updates");
        Retry once = new Retry(1, Duration.ofMillis(1), Duration.ofMillis(1), _ -> {});
        FileStore store = new FileStore(data, place, once, 0);
        Updater updater = Updater.open(
                new StateFile(data),
                new UpdateSettings("stable", Set.of(), "0.1.0", Instant.EPOCH, 2, ReleaseLimits.DEFAULT),
                new TufClient(
                        data.resolve("metadata"), Files.readAllBytes(shop.root()), place, TufLimits.DEFAULT, once),
                store,
                new PassingTrial(false),
                Instant::now,
                _ -> {},
                Refreshed.NOTHING);
        return UpdateLoops.over(updater, store, place);
    }
}
