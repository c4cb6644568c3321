package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.ota.Reason;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.release.Release;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The process dies at each step of an update from factory/1 to factory/2; a new one goes on from the disk. */
class KilledTest {
    @TempDir
    Path folder;

    private Gateway gateway;

    @BeforeEach
    void aGatewayWithOneSetAndAnUpdateThatIsOffered() throws Exception {
        Shop shop = new Shop(folder.resolve("shop"));
        Release base = shop.base("small", "model one");
        shop.task("fraud", base.digest(), "exam one");
        shop.release("small", "fraud");
        Fetcher fetcher = Fetcher.of(shop.served().toUri(), FetchLimits.DEFAULT);
        gateway = new Gateway(folder.resolve("gateway"), shop.root(), fetcher);
        gateway.run();
        shop.task("fraud", base.digest(), "exam two");
        shop.release("small", "fraud");
    }

    /** Right after the step was saved, before it is taken. */
    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"REJECTED", "ROLLED_BACK", "IDLE"},
            mode = EnumSource.Mode.EXCLUDE)
    void killedAsSoonAsAStepIsSavedItGoesOnAndCommits(Step at) throws Exception {
        gateway.dieAfterSaving = at;
        assertThatThrownBy(gateway::run).isInstanceOf(FakeTrial.Killed.class);
        assertThat(gateway.saved().step()).isEqualTo(at);
        InstalledOnDisk.check(gateway);
        gateway.dieAfterSaving = null;

        UpdateStatus status = gateway.run();

        assertThat(status.active()).contains("factory/2");
        assertThat(status.step()).isEqualTo(Step.IDLE);
        assertThat(gateway.trial.serving).isEqualTo("factory/2");
        assertThat(gateway.sets()).containsExactly("factory-1", "factory-2");
        InstalledOnDisk.check(gateway);
    }

    @ParameterizedTest
    @EnumSource(
            value = Step.class,
            names = {"REJECTED", "ROLLED_BACK"})
    void killedWhileItTakesAnUpdateBackItGoesOnWithTheOldSet(Step at) throws Exception {
        gateway.trial.failAt = at == Step.REJECTED ? "examine factory/2" : "probation factory/2";
        gateway.dieAfterSaving = at;
        assertThatThrownBy(gateway::run).isInstanceOf(FakeTrial.Killed.class);
        gateway.dieAfterSaving = null;

        UpdateStatus status = gateway.run();

        assertThat(status.active()).contains("factory/1");
        assertThat(gateway.trial.serving).isEqualTo("factory/1");
        InstalledOnDisk.check(gateway);
    }

    /** A Set that kills the process each time: the loop ends after two deaths. */
    @ParameterizedTest
    @ValueSource(strings = {"examine factory/2", "shadow factory/2", "switch factory/2", "probation factory/2"})
    void aSetThatKillsTheProcessEachTimeIsGivenUpAfterTwoDeaths(String at) throws Exception {
        gateway.trial.dieAt = at;
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(gateway::run).isInstanceOf(FakeTrial.Killed.class);
            InstalledOnDisk.check(gateway);
        }
        UpdateStatus status = gateway.run();

        assertThat(status.last().orElseThrow().reason()).contains(Reason.CRASHED);
        assertThat(status.active()).contains("factory/1");
        assertThat(gateway.trial.serving).isEqualTo("factory/1");
        gateway.run();
        assertThat(gateway.trial.calls).containsExactly("switch factory/1");
    }
}
