package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.ota.Reason;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.release.Release;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders of people beside the channel: a Set by name, and back to the one before. */
class OrderTest {
    @TempDir
    Path folder;

    private Shop shop;
    private Gateway gateway;
    private Release base;
    private Fetcher repository;
    private int published;

    @BeforeEach
    void aGatewayWithTwoSets() throws Exception {
        shop = new Shop(folder.resolve("shop"));
        base = shop.base("small", "model one");
        repository = Fetcher.of(shop.served().toUri(), FetchLimits.DEFAULT);
        gateway = new Gateway(folder.resolve("gateway"), shop.root(), repository);
        publish();
        gateway.run();
        publish();
        gateway.run();
        assertThat(gateway.trial.serving).isEqualTo("factory/2");
    }

    @Test
    void aRollbackNeedsNoRepositoryAndTheChannelDoesNotUndoIt() throws Exception {
        gateway.fetcher = Fetcher.of(folder.resolve("nowhere").toUri(), FetchLimits.DEFAULT);
        Updater updater = started();
        Ended end = updater.rollback("order-1", "factory/2");
        assertThat(end.step()).isEqualTo(Step.ROLLED_BACK);
        assertThat(end.reason()).contains(Reason.ORDERED);
        assertThat(end.order()).isEqualTo("order-1");
        assertThat(gateway.trial.serving).isEqualTo("factory/1");
        assertThat(gateway.sets()).containsExactly("factory-1");

        gateway.fetcher = repository;
        assertThat(gateway.run().active()).contains("factory/1");
        assertThat(gateway.saved().last()).isEqualTo(end);
        publish();
        assertThat(gateway.run().active()).contains("factory/3");
        assertThat(gateway.saved().orders().passedOver()).isEmpty();
    }

    @Test
    void aRollbackThatIsOrderedTwiceGoesBackOnce() throws Exception {
        publish();
        gateway.run();
        Updater updater = started();
        Ended end = updater.rollback("order-1", "factory/3");
        assertThat(started().rollback("order-1", "factory/2")).isEqualTo(end);
        assertThat(updater.rollback("order-2", "factory/3").step()).isEqualTo(Step.REJECTED);
        assertThat(gateway.saved().active())
                .extracting(set -> Objects.requireNonNull(set).label())
                .isEqualTo("factory/2");
    }

    @Test
    void aRollbackSurvivesADeathAtTheStep() throws Exception {
        gateway.dieAfterSaving = Step.ROLLED_BACK;
        Updater updater = started();
        assertThatThrownBy(() -> updater.rollback("order-1", "factory/2")).isInstanceOf(FakeTrial.Killed.class);
        gateway.dieAfterSaving = null;
        Updater next = started();
        assertThat(gateway.trial.serving).isEqualTo("factory/1");
        assertThat(next.rollback("order-1", "factory/1").step()).isEqualTo(Step.ROLLED_BACK);
        assertThat(gateway.trial.serving).isEqualTo("factory/1");
    }

    @Test
    void withoutASetBeforeOrWithARottenOneNothingChanges() throws Exception {
        Files.writeString(gateway.set("factory-1").resolve("tasks/fraud/exam.jsonl"), "rotten");
        Updater updater = started();
        Ended rotten = updater.rollback("order-1", "factory/2");
        assertThat(rotten.step()).isEqualTo(Step.REJECTED);
        assertThat(rotten.sentence()).contains("rotted");
        assertThat(gateway.trial.serving).isEqualTo("factory/2");

        Gateway first = new Gateway(folder.resolve("first"), shop.root(), repository);
        first.run();
        Ended none = startedOf(first).rollback("order-1", "factory/2");
        assertThat(none.sentence()).contains("no Set before");
        assertThat(first.trial.serving).isEqualTo("factory/2");
    }

    @Test
    void aSetOnProbationIsTakenBackAtOnceAndMayBeOrderedAgain() throws Exception {
        publish();
        Updater updater = started();
        gateway.trial.duringProbation = () -> updater.recall("order-1", "factory/3");
        updater.poll();
        Ended end = updater.rollback("order-1", "factory/3");
        assertThat(end.step()).isEqualTo(Step.ROLLED_BACK);
        assertThat(end.order()).isEqualTo("order-1");
        assertThat(gateway.trial.serving).isEqualTo("factory/2");
        gateway.trial.duringProbation = () -> {};
        assertThat(updater.poll().active()).contains("factory/2");

        Ended again = updater.install(new InstallOrder("order-2", "sets/factory/3.json", false, false));
        assertThat(again.step()).isEqualTo(Step.COMMITTED);
        assertThat(gateway.trial.serving).isEqualTo("factory/3");
    }

    @Test
    void anInstallThatARollbackTookBackIsNotRunAgainAfterARestart() throws Exception {
        publish();
        Updater updater = started();
        InstallOrder order = new InstallOrder("order-1", "sets/factory/3.json", false, false);
        gateway.trial.duringProbation = () -> updater.recall("order-2", "factory/3");
        Ended end = updater.install(order);
        assertThat(end.order()).isEqualTo("order-1");
        assertThat(end.step()).isEqualTo(Step.ROLLED_BACK);
        assertThat(updater.rollback("order-2", "factory/3").order()).isEqualTo("order-2");

        Updater next = started();
        assertThat(next.install(order)).isEqualTo(end);
        assertThat(next.end("order-2")).map(Ended::step).contains(Step.ROLLED_BACK);
        assertThat(gateway.trial.serving).isEqualTo("factory/2");
    }

    @Test
    void anOrderKeepsItsEndThoughTheChannelBroughtAnotherSince() throws Exception {
        publish();
        Updater updater = started();
        InstallOrder order = new InstallOrder("order-1", "sets/factory/2.json", true, false);
        gateway.trial.failAt = "examine factory/3";
        Ended refused = updater.install(new InstallOrder("order-0", "sets/factory/3.json", false, false));
        gateway.trial.failAt = null;
        publish();
        assertThat(updater.poll().active()).contains("factory/4");
        Updater next = started();
        assertThat(next.install(new InstallOrder("order-0", "sets/factory/3.json", false, false)))
                .isEqualTo(refused);
        assertThat(next.install(order).step()).isEqualTo(Step.COMMITTED);
    }

    @Test
    void anOrderThatIsTakenBackBeforeTheSwitchChangesNothingAndTheSetIsNoWorseForIt() throws Exception {
        publish();
        Updater updater = started();
        InstallOrder order = new InstallOrder("order-1", "sets/factory/3.json", false, false);
        gateway.trial.duringShadow = () -> updater.withdraw("order-1");
        Ended end = updater.install(order);
        assertThat(end.step()).isEqualTo(Step.REJECTED);
        assertThat(end.reason()).contains(Reason.ORDERED);
        assertThat(gateway.trial.serving).isEqualTo("factory/2");
        assertThat(gateway.saved().refused()).isEmpty();
        assertThat(started().install(order)).isEqualTo(end);

        assertThat(started()
                        .install(new InstallOrder("order-2", "sets/factory/3.json", false, false))
                        .step())
                .isEqualTo(Step.COMMITTED);
    }

    @Test
    void anOrderThatIsTakenBackOnProbationLetsTheSetBeforeRunAndOneThatIsProvedStays() throws Exception {
        publish();
        Updater updater = started();
        InstallOrder order = new InstallOrder("order-1", "sets/factory/3.json", false, false);
        gateway.trial.duringProbation = () -> updater.withdraw("order-1");
        Ended end = updater.install(order);
        assertThat(end.step()).isEqualTo(Step.ROLLED_BACK);
        assertThat(end.order()).isEqualTo("order-1");
        assertThat(gateway.trial.serving).isEqualTo("factory/2");
        assertThat(updater.poll().active()).contains("factory/2");

        gateway.trial.duringProbation = () -> {};
        InstallOrder again = new InstallOrder("order-2", "sets/factory/3.json", false, false);
        assertThat(updater.install(again).step()).isEqualTo(Step.COMMITTED);
        updater.withdraw("order-2");
        assertThat(updater.install(again).step()).isEqualTo(Step.COMMITTED);
        assertThat(updater.poll().active()).contains("factory/3");
    }

    @Test
    void anOrderThatIsTakenBackBeforeItBeganEndsSo() throws Exception {
        publish();
        Updater updater = started();
        updater.withdraw("order-1");
        Ended end = updater.install(new InstallOrder("order-1", "sets/factory/3.json", false, false));
        assertThat(end.reason()).contains(Reason.ORDERED);
        assertThat(gateway.trial.calls).doesNotContain("examine factory/3");
    }

    @Test
    void anOrderedSetStaysUntilTheChannelNamesAnother() throws Exception {
        publish();
        shop.repository().pointChannel("stable", "sets/factory/2.json");
        shop.publish(Shop.NOW);
        Updater updater = started();
        Ended end = updater.install(new InstallOrder("order-1", "sets/factory/3.json", false, false));
        assertThat(end.step()).isEqualTo(Step.COMMITTED);
        assertThat(end.order()).isEqualTo("order-1");
        assertThat(updater.install(new InstallOrder("order-1", "sets/factory/3.json", false, false)))
                .isEqualTo(end);
        assertThat(updater.poll().active()).contains("factory/3");
        assertThat(gateway.saved().last()).isEqualTo(end);
        publish();
        assertThat(updater.poll().active()).contains("factory/4");
    }

    @Test
    void anOlderSetNeedsAWordAndThenStays() throws Exception {
        publish();
        gateway.run();
        Updater updater = started();
        Ended refused = updater.install(new InstallOrder("order-1", "sets/factory/2.json", false, false));
        assertThat(refused.step()).isEqualTo(Step.REJECTED);
        assertThat(refused.reason()).contains(Reason.OLDER);
        assertThat(gateway.trial.serving).isEqualTo("factory/3");
        assertThat(updater.install(new InstallOrder("order-2", "sets/factory/2.json", true, false))
                        .step())
                .isEqualTo(Step.COMMITTED);
        assertThat(updater.poll().active()).contains("factory/2");
        assertThat(gateway.trial.serving).isEqualTo("factory/2");
    }

    @Test
    void aSetThatFailedBeforeNeedsAWordAndTheChannelCountsOn() throws Exception {
        publish();
        gateway.trial.failAt = "examine factory/3";
        Updater updater = started();
        Ended failed = updater.install(new InstallOrder("order-1", "sets/factory/3.json", false, false));
        assertThat(failed.reason()).contains(Reason.EXAM_FAILED);
        gateway.trial.failAt = null;
        Ended before = updater.install(new InstallOrder("order-2", "sets/factory/3.json", false, false));
        assertThat(before.reason()).contains(Reason.FAILED_BEFORE);
        assertThat(updater.install(new InstallOrder("order-3", "sets/factory/3.json", false, true))
                        .step())
                .isEqualTo(Step.COMMITTED);
    }

    @Test
    void anOrderThatFailedLeavesTheChannelsSetToBeTaken() throws Exception {
        publish();
        publish();
        gateway.trial.failAt = "examine factory/3";
        Updater updater = started();
        updater.install(new InstallOrder("order-1", "sets/factory/3.json", false, false));
        assertThat(updater.poll().active()).contains("factory/4");
    }

    @Test
    void anInstallThatDiedGoesOnAndIsAnsweredByItsOrder() throws Exception {
        publish();
        gateway.dieAfterSaving = Step.SHADOW;
        InstallOrder order = new InstallOrder("order-1", "sets/factory/3.json", false, false);
        Updater updater = started();
        assertThatThrownBy(() -> updater.install(order)).isInstanceOf(FakeTrial.Killed.class);
        gateway.dieAfterSaving = null;
        Updater next = started();
        assertThat(gateway.trial.serving).isEqualTo("factory/3");
        Ended end = next.install(order);
        assertThat(end.step()).isEqualTo(Step.COMMITTED);
        assertThat(end.order()).isEqualTo("order-1");
    }

    @Test
    void aSetThatIsNoTargetIsRefusedAndAnInstallNeedsTheRepository() throws Exception {
        Updater updater = started();
        Ended missing = updater.install(new InstallOrder("order-1", "sets/factory/99.json", false, false));
        assertThat(missing.reason()).contains(Reason.MISSING);
        assertThat(updater.install(new InstallOrder("order-2", "sets/factory/2.json", false, false))
                        .sentence())
                .contains("runs already");
        gateway.fetcher = Fetcher.of(folder.resolve("nowhere").toUri(), FetchLimits.DEFAULT);
        Updater offline = started();
        assertThatThrownBy(() -> offline.install(new InstallOrder("order-3", "sets/factory/1.json", true, false)))
                .isInstanceOf(UnavailableException.class);
        assertThat(gateway.trial.serving).isEqualTo("factory/2");
    }

    private Updater started() throws Exception {
        return startedOf(gateway);
    }

    private static Updater startedOf(Gateway which) throws Exception {
        Updater updater = which.start();
        updater.resume();
        return updater;
    }

    private void publish() throws Exception {
        shop.task("fraud", base.digest(), "exam " + ++published);
        shop.release("small", "fraud");
    }
}
