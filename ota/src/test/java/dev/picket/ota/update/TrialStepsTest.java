package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.Release;
import dev.picket.ota.store.SetFolder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the machine does with what a trial finds: a shadow that holds, an order that stops it, a probation that goes on. */
class TrialStepsTest {
    @TempDir
    Path folder;

    private Shop shop;
    private Gateway gateway;
    private Release base;
    private int published;

    @BeforeEach
    void aGatewayWithOneSetAndAnUpdateThatIsOffered() throws Exception {
        shop = new Shop(folder.resolve("shop"));
        base = shop.base("small", "model one");
        gateway = new Gateway(
                folder.resolve("gateway"), shop.root(), Fetcher.of(shop.served().toUri(), FetchLimits.DEFAULT));
        publish();
        gateway.run();
        publish();
    }

    @Test
    void aSetThatIsHeldInTheShadowGoesOnOnceThereAreReadings() throws Exception {
        Updater updater = startedHolding("factory/2");
        assertThat(updater.poll().step()).isEqualTo(Step.SHADOW);
        assertThat(gateway.saved().step()).isEqualTo(Step.SHADOW);
        assertThat(updater.poll().step()).isEqualTo(Step.SHADOW);
        assertThat(updater.status().findings())
                .extracting(Finding::result)
                .containsExactly(Finding.Result.PASSED, Finding.Result.HELD);
        assertThat(gateway.trial.serving).isEqualTo("factory/1");

        gateway.trial.holdInShadow = null;
        assertThat(updater.poll().active()).contains("factory/2");
        assertThat(gateway.saved().last())
                .extracting(end -> Objects.requireNonNull(end).step())
                .isEqualTo(Step.COMMITTED);
        assertThat(gateway.trial.calls)
                .filteredOn(call -> call.startsWith("examine"))
                .hasSize(1);
    }

    @Test
    void aSetThatIsHeldMakesWayForTheNextOne() throws Exception {
        Updater updater = startedHolding("factory/2");
        updater.poll();
        publish();
        assertThat(updater.poll().active()).contains("factory/3");
        assertThat(gateway.sets()).containsExactlyInAnyOrder("factory-1", "factory-3");
    }

    @Test
    void aSetThatIsHeldIsDroppedWhenTheChannelGoesBackToTheOneThatRuns() throws Exception {
        Updater updater = startedHolding("factory/2");
        updater.poll();
        shop.repository().pointChannel("stable", "sets/factory/1.json");
        shop.publish(Shop.NOW);
        assertThat(updater.poll().step()).isEqualTo(Step.IDLE);
        assertThat(gateway.saved().candidate()).isNull();
        assertThat(gateway.trial.serving).isEqualTo("factory/1");
    }

    @Test
    void aSetThatPeopleOrderedIsHeldWhateverTheChannelNames() throws Exception {
        publish();
        InstallOrder order = new InstallOrder("order-1", "sets/factory/2.json", true, false);
        Updater updater = startedHolding("factory/2");
        assertThatThrownBy(() -> updater.install(order))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("waits in the shadow");
        assertThat(updater.poll().step()).isEqualTo(Step.SHADOW);

        gateway.trial.holdInShadow = null;
        assertThat(updater.install(order).step()).isEqualTo(Step.COMMITTED);
        assertThat(gateway.trial.serving).isEqualTo("factory/2");
    }

    @Test
    void anOrderThatIsStoppedAtItsExamLeavesNothingAndMayComeAgain() throws Exception {
        InstallOrder order = new InstallOrder("order-1", "sets/factory/2.json", false, false);
        Updater updater = gateway.start();
        updater.resume();
        gateway.trial.duringExam = () -> updater.withdraw("order-1");
        Ended end = updater.install(order);

        assertThat(end.step()).isEqualTo(Step.REJECTED);
        assertThat(end.reason()).contains(Reason.ORDERED);
        assertThat(end.order()).isEqualTo("order-1");
        assertThat(gateway.trial.serving).isEqualTo("factory/1");
        gateway.trial.duringExam = () -> {};
        assertThat(updater.install(new InstallOrder("order-2", order.set(), false, false))
                        .step())
                .isEqualTo(Step.COMMITTED);
    }

    @Test
    void anOrderThatIsTakenBackWhileItIsHeldIsStopped() throws Exception {
        Updater updater = startedHolding("factory/2");
        assertThatThrownBy(() -> updater.install(new InstallOrder("order-1", "sets/factory/2.json", false, false)))
                .isInstanceOf(UnavailableException.class);
        updater.withdraw("order-2");
        assertThat(updater.poll().step()).isEqualTo(Step.SHADOW);
        updater.withdraw("order-1");
        assertThat(updater.poll().last().flatMap(Ended::reason)).contains(Reason.ORDERED);
        assertThat(gateway.saved().step()).isEqualTo(Step.IDLE);
        assertThat(gateway.saved().refused()).isEmpty();
    }

    @Test
    void anOrderWhoseFetchBrokeOffWhileAnotherWasHeldIsNotAnsweredWithAnothersEnd() throws Exception {
        AtomicReference<String> broken = new AtomicReference<>("nothing");
        Fetcher whole = gateway.fetcher;
        gateway.fetcher = (path, from, most, body) -> {
            if (path.contains(broken.get())) {
                throw new UnavailableException("No route to " + path + ".");
            }
            whole.fetch(path, from, most, body);
        };
        Updater updater = startedHolding("factory/2");
        updater.poll();
        publish();
        InstallOrder order = new InstallOrder("rollout/spring", "sets/factory/3.json", false, false, true);
        broken.set("blobs/");
        assertThatThrownBy(() -> updater.install(order)).isInstanceOf(UnavailableException.class);
        broken.set("");
        assertThatThrownBy(updater::poll).isInstanceOf(UnavailableException.class);
        broken.set("nothing");

        assertThat(updater.install(order).set()).isEqualTo("factory/3");
        assertThat(gateway.trial.serving).isEqualTo("factory/3");
        InstalledOnDisk.check(gateway);
    }

    @Test
    void anOrderOfWhatIsHeldThatMakesWayInTheShadowIsAnsweredSo() throws Exception {
        Updater updater = startedHolding("factory/2");
        updater.poll();
        gateway.trial.duringShadow = () -> updater.goesNext("sets/factory/1.json", true);
        Ended end = updater.install(new InstallOrder("order-1", "sets/factory/2.json", false, false));

        assertThat(end.order()).isEqualTo("order-1");
        assertThat(end.step()).isEqualTo(Step.REJECTED);
        assertThat(end.reason()).contains(Reason.ORDERED);
        assertThat(gateway.saved().step()).isEqualTo(Step.IDLE);
    }

    @Test
    void aRollbackThatComesWhileAnotherIsHeldStopsThatOneToo() throws Exception {
        gateway.run();
        publish();
        Updater updater = startedHolding("factory/3");
        updater.poll();
        assertThat(updater.rollback("order-1", "factory/2").step()).isEqualTo(Step.ROLLED_BACK);
        assertThat(gateway.trial.serving).isEqualTo("factory/1");
        assertThat(gateway.saved().candidate()).isNull();
    }

    @Test
    void whatIsLeftOfAProbationSurvivesADeath() throws Exception {
        Watched halfWay = new Watched(Duration.ofSeconds(30), true, Map.of("texts", 12.0));
        Updater updater = gateway.start();
        updater.resume();
        gateway.trial.watched = halfWay;
        gateway.trial.dieAt = "probation factory/2";
        assertThatThrownBy(updater::poll).isInstanceOf(FakeTrial.Killed.class);
        assertThat(gateway.trial.begun).containsExactly(Optional.empty());

        gateway.trial = new FakeTrial();
        Updater next = gateway.start();
        assertThat(next.status().watchLeft()).contains(Duration.ofSeconds(30));
        assertThat(next.status().proved()).isFalse();
        next.resume();
        assertThat(gateway.trial.begun).containsExactly(Optional.of(halfWay));
        assertThat(next.status().proved()).isTrue();
        assertThat(next.status().watchLeft()).isEmpty();
    }

    @Test
    void anExamThatLeavesNothingServingIsFollowedByTheSetThatServed() throws Exception {
        FakeTrial without = new FakeTrial() {
            @Override
            public Finding examine(SetFolder set, @Nullable SetFolder incumbent, Recall recall)
                    throws RejectedException, UnavailableException {
                serving = null;
                return super.examine(set, incumbent, recall);
            }
        };
        without.waitAt = "examine";
        Updater updater = gateway.startWith(without);
        updater.resume();
        assertThatThrownBy(updater::poll).isInstanceOf(UnavailableException.class);
        assertThat(without.serving).isEqualTo("factory/1");

        without.waitAt = null;
        without.failAt = "examine factory/2";
        assertThat(updater.poll().last().flatMap(Ended::reason)).contains(Reason.EXAM_FAILED);
        assertThat(without.serving).isEqualTo("factory/1");
    }

    @Test
    void theFiguresOfWhatFailedStandBesideTheReason() throws Exception {
        gateway.trial.failAt = "examine factory/2";
        Finding failed = gateway.run().findings().getLast();
        assertThat(failed.part()).isEqualTo(Step.EXAM);
        assertThat(failed.result()).isEqualTo(Finding.Result.FAILED);
        assertThat(failed.figures().getFirst().values()).containsEntry("n", 1.0);
        assertThat(gateway.saved().trial().findings()).containsExactly(failed);
    }

    @Test
    void aStateOfTheFirstFormatIsReadWithoutItsFindings() throws Exception {
        gateway.run();
        String now = new String(gateway.saved().toBytes(), StandardCharsets.UTF_8);
        String first = now.replace("\"format\" : 2", "\"format\" : 1").replace("\"trial\"", "\"other\"");
        UpdateState read = UpdateState.parse(first.getBytes(StandardCharsets.UTF_8));
        assertThat(read.trial()).isEqualTo(TrialLog.EMPTY);
        assertThat(read.active()).extracting(InstalledSet::label).isEqualTo("factory/2");
    }

    private Updater startedHolding(String set) throws Exception {
        Updater updater = gateway.start();
        updater.resume();
        gateway.trial.holdInShadow = set;
        return updater;
    }

    private void publish() throws Exception {
        shop.task("fraud", base.digest(), "exam " + ++published);
        shop.release("small", "fraud");
    }
}
