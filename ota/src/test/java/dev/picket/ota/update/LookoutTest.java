package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.WebServer;
import dev.picket.ota.release.Release;
import dev.picket.ota.store.SetFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the repository says while a Set is in the shadow or on probation, both of which may last for days. */
class LookoutTest {
    private static final int MOST_LOOKS = 3_000;

    @TempDir
    Path folder;

    private final AtomicInteger refreshes = new AtomicInteger();
    private Shop shop;
    private Gateway gateway;
    private Release base;
    private LongTrial trial;
    private int published;

    /** Stays in the shadow, or on probation, until something has come about, or a look ends it. */
    private final class LongTrial extends FakeTrial {
        String longAt = "";
        boolean wasLong;
        private int readBefore;
        /** By default: once the repository was read twice more. */
        BooleanSupplier until = () -> refreshes.get() >= readBefore + 2;

        Publishing meanwhile = () -> {};

        @Override
        public Finding shadow(SetFolder set, @Nullable SetFolder incumbent, Recall recall) throws RejectedException {
            look("shadow", recall);
            return super.shadow(set, incumbent, recall);
        }

        @Override
        public Finding probation(SetFolder set, Probation probation) throws RejectedException, UnavailableException {
            look("probation", probation);
            return super.probation(set, probation);
        }

        private void look(String where, Recall recall) throws RejectedException {
            if (!longAt.equals(where)) {
                return;
            }
            longAt = "";
            try {
                meanwhile.run();
                readBefore = refreshes.get();
                for (int i = 0; i < MOST_LOOKS && !until.getAsBoolean(); i++) {
                    recall.check();
                    boolean never = new CountDownLatch(1).await(2, TimeUnit.MILLISECONDS);
                    assertThat(never).isFalse();
                }
            } catch (RejectedException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            recall.check();
            wasLong = true;
        }
    }

    private interface Publishing {
        void run() throws Exception;
    }

    @BeforeEach
    void aGatewayWithOneSetAndAnUpdateThatIsOffered() throws Exception {
        shop = new Shop(folder.resolve("shop"));
        base = shop.base("small", "model one");
        gateway = new Gateway(
                folder.resolve("gateway"), shop.root(), Fetcher.of(shop.served().toUri(), FetchLimits.DEFAULT));
        gateway.lookEvery = Duration.ofNanos(1);
        gateway.refreshed = _ -> refreshes.incrementAndGet();
        publish();
        gateway.run();
        publish();
        trial = new LongTrial();
    }

    @Test
    void metadataAreRefreshedWhileASetIsInTheShadowAndItGoesOn() throws Exception {
        trial.longAt = "shadow";
        UpdateStatus status = started().poll();
        assertThat(trial.wasLong).isTrue();
        assertThat(refreshes).hasValueGreaterThanOrEqualTo(4);
        assertThat(status.active()).contains("factory/2");
        assertThat(status.proved()).isTrue();
    }

    @Test
    void aChannelThatGoesBackEndsTheShadowOfWhatItBrought() throws Exception {
        trial.longAt = "shadow";
        trial.meanwhile = () -> {
            shop.repository().pointChannel("stable", "sets/factory/1.json");
            shop.publish(Shop.NOW);
        };
        UpdateStatus status = started().poll();
        assertThat(trial.wasLong).isFalse();
        assertThat(status.step()).isEqualTo(Step.IDLE);
        assertThat(gateway.saved().candidate()).isNull();
        assertThat(gateway.saved().refused()).isEmpty();
        assertThat(trial.serving).isEqualTo("factory/1");
    }

    @Test
    void aNewerSetTakesThePlaceOfOneInTheShadow() throws Exception {
        trial.longAt = "shadow";
        trial.meanwhile = this::publish;
        Updater updater = started();
        assertThat(updater.poll().active()).contains("factory/1");
        assertThat(updater.isDue()).isTrue();
        assertThat(updater.poll().active()).contains("factory/3");
        assertThat(updater.isDue()).isFalse();
        assertThat(trial.calls).doesNotContain("switch factory/2");
    }

    @Test
    void aNewerSetWaitsForTheEndOfAProbationAndIsDueThen() throws Exception {
        trial.longAt = "probation";
        trial.meanwhile = this::publish;
        Updater updater = started();
        assertThat(updater.poll().active()).contains("factory/2");
        assertThat(updater.status().proved()).isTrue();
        assertThat(updater.isDue()).isTrue();
        assertThat(updater.poll().active()).contains("factory/3");
    }

    @Test
    void whatPeopleOrderedStaysInTheShadowWhateverTheChannelNames() throws Exception {
        trial.longAt = "shadow";
        trial.meanwhile = this::publish;
        Updater updater = started();
        Ended end = updater.install(new InstallOrder("order-1", "sets/factory/2.json", false, false));
        assertThat(end.step()).isEqualTo(Step.COMMITTED);
        assertThat(trial.wasLong).isTrue();
    }

    @Test
    void aTimeThatIsSignedMeanwhileIsKept() throws Exception {
        trial.longAt = "shadow";
        trial.meanwhile = () -> shop.publish(Shop.NOW.plusSeconds(3_600));
        started().poll();
        assertThat(gateway.saved().clockFloor().at()).isEqualTo(Shop.NOW.plusSeconds(3_600));
    }

    @Test
    void aRepositoryThatHangsHoldsNoTrialUp() throws Exception {
        try (WebServer server = new WebServer()) {
            server.serve(shop.served());
            gateway.fetcher = Fetcher.of(server.uri(), FetchLimits.DEFAULT);
            CountDownLatch asked = new CountDownLatch(1);
            trial.longAt = "shadow";
            trial.meanwhile = () -> server.instead.put("metadata/timestamp.json", exchange -> {
                asked.countDown();
                new Drip(new byte[0], true).handle(exchange);
            });
            trial.until = () -> asked.getCount() == 0;
            assertThat(started().poll().active()).contains("factory/2");
            assertThat(asked.getCount()).isZero();
        }
    }

    private Updater started() throws Exception {
        Updater updater = gateway.startWith(trial);
        updater.resume();
        return updater;
    }

    private void publish() throws Exception {
        shop.task("fraud", base.digest(), "exam " + ++published);
        shop.release("small", "fraud");
    }
}
