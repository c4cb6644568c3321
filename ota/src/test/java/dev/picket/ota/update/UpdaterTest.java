package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.ota.Reason;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.WebServer;
import dev.picket.ota.release.Release;
import dev.picket.ota.store.SetFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdaterTest {
    @TempDir
    Path folder;

    private Shop shop;
    private Gateway gateway;
    private Release base;

    @BeforeEach
    void aRepositoryWithOneSet() throws Exception {
        shop = new Shop(folder.resolve("shop"));
        base = shop.base("small", "model one");
        shop.task("fraud", base.digest(), "exam one");
        shop.release("small", "fraud");
        Fetcher fetcher = Fetcher.of(shop.served().toUri(), FetchLimits.DEFAULT);
        gateway = new Gateway(folder.resolve("gateway"), shop.root(), fetcher);
    }

    @Test
    void theFirstSetGoesThroughEveryStepAndRuns() throws Exception {
        UpdateStatus status = gateway.run();

        assertThat(gateway.steps.stream().distinct())
                .containsExactly(
                        Step.IDLE,
                        Step.FETCHING,
                        Step.VERIFIED,
                        Step.STAGED,
                        Step.EXAM,
                        Step.SHADOW,
                        Step.SWITCHED,
                        Step.PROBATION,
                        Step.COMMITTED);
        assertThat(status.step()).isEqualTo(Step.IDLE);
        assertThat(status.active()).contains("factory/1");
        assertThat(status.proved()).isTrue();
        assertThat(status.findings())
                .extracting(Finding::sentence)
                .containsExactly("Examined factory/1.", "No shadow.", "Proved.");
        assertThat(gateway.trial.calls)
                .containsExactly("examine factory/1", "shadow factory/1", "switch factory/1", "probation factory/1");
        Path set = gateway.set("factory-1");
        assertThat(set.resolve("base/model.onnx")).hasContent("model one");
        assertThat(set.resolve("base/base.json")).exists();
        assertThat(set.resolve("tasks/fraud/exam.jsonl")).hasContent("exam one");
        assertThat(gateway.saved().counters()).containsEntry("factory", 1L);
    }

    @Test
    void theSameTreeServedByAWebServerInstallsTheSameSet() throws Exception {
        try (WebServer server = new WebServer();
                Stream<Path> all = Files.walk(shop.served())) {
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                server.files.put(shop.served().relativize(each).toString(), Files.readAllBytes(each));
            }
            gateway.fetcher = Fetcher.of(server.uri(), FetchLimits.DEFAULT);

            assertThat(gateway.run().active()).contains("factory/1");
            assertThat(server.asked.getFirst()).isEqualTo("metadata/2.root.json");
        }
        InstalledOnDisk.check(gateway);
    }

    @Test
    void aSetThatIsInstalledIsNotTakenAgain() throws Exception {
        gateway.run();
        shop.publish(Shop.NOW.plusSeconds(60));
        gateway.steps.clear();
        gateway.run();

        assertThat(gateway.trial.calls).containsExactly("switch factory/1");
        assertThat(gateway.steps).containsOnly(Step.IDLE);
        assertThat(gateway.saved().clockFloor().at()).isEqualTo(Shop.NOW.plusSeconds(60));
    }

    @Test
    void aNewTaskFetchesOnlyItsOwnFilesAndSharesTheBase() throws Exception {
        gateway.run();
        int before = gateway.names("blobs").size();
        shop.task("fraud", base.digest(), "exam two");
        shop.release("small", "fraud");
        gateway.run();

        assertThat(gateway.names("blobs")).hasSize(before + 2);
        assertThat(gateway.sets()).containsExactly("factory-1", "factory-2");
        Object first = Files.getAttribute(gateway.set("factory-1").resolve("base/model.onnx"), "unix:ino");
        assertThat(Files.getAttribute(gateway.set("factory-2").resolve("base/model.onnx"), "unix:ino"))
                .isEqualTo(first);
        assertThat(gateway.saved().active()).isNotNull();
        assertThat(gateway.trial.serving).isEqualTo("factory/2");
    }

    @Test
    void twoSetsBackAreKeptAndNoMore() throws Exception {
        for (int i = 1; i <= 5; i++) {
            shop.task("fraud", base.digest(), "exam " + i);
            shop.release("small", "fraud");
            gateway.run();
        }

        assertThat(gateway.sets()).containsExactly("factory-4", "factory-5", "factory-6");
        // The base's two files, and of each kept task two.
        assertThat(gateway.names("blobs")).hasSize(2 + 3 * 2);
    }

    @Test
    void aFailedExamLeavesTheOldSetAndIsNotHeldAgain() throws Exception {
        gateway.run();
        shop.task("fraud", base.digest(), "bad exam");
        shop.release("small", "fraud");
        gateway.trial.failAt = "examine factory/2";
        UpdateStatus status = gateway.run();

        assertThat(status.last().orElseThrow().reason()).contains(Reason.EXAM_FAILED);
        assertThat(status.last().orElseThrow().step()).isEqualTo(Step.REJECTED);
        assertThat(status.active()).contains("factory/1");
        assertThat(gateway.trial.serving).isEqualTo("factory/1");

        gateway.run();
        assertThat(gateway.trial.calls).containsExactly("switch factory/1");
    }

    @Test
    void aFailedProbationBringsTheOldSetBack() throws Exception {
        gateway.run();
        shop.task("fraud", base.digest(), "exam two");
        shop.release("small", "fraud");
        gateway.trial.failAt = "probation factory/2";
        UpdateStatus status = gateway.run();

        assertThat(status.last().orElseThrow().step()).isEqualTo(Step.ROLLED_BACK);
        assertThat(status.last().orElseThrow().reason()).contains(Reason.PROBATION_FAILED);
        assertThat(gateway.trial.serving).isEqualTo("factory/1");
        assertThat(status.active()).contains("factory/1");
        assertThat(gateway.sets()).containsExactly("factory-1");
        assertThat(gateway.saved().counters()).containsEntry("factory", 1L);
    }

    @Test
    void aFirstSetThatFailsAfterTheSwitchLeavesNothingServing() throws Exception {
        gateway.trial.failAt = "probation factory/1";
        UpdateStatus status = gateway.run();

        assertThat(status.active()).isEmpty();
        assertThat(gateway.trial.serving).isNull();
        assertThat(gateway.sets()).isEmpty();
    }

    @Test
    void anExamThatCannotBeHeldNowIsHeldAtTheNextPollAndCountsNoDeath() throws Exception {
        Updater updater = gateway.start();
        updater.resume();
        gateway.trial.waitAt = "examine";
        for (int i = 0; i < 4; i++) {
            assertThatThrownBy(updater::poll).isInstanceOf(UnavailableException.class);
        }
        assertThat(gateway.saved().step()).isEqualTo(Step.EXAM);
        gateway.trial.waitAt = null;

        assertThat(updater.poll().active()).contains("factory/1");
    }

    @Test
    void tasksThatThisGatewayDoesNotRunAreLeftOut() throws Exception {
        shop.task("severity", base.digest(), "other exam");
        shop.release("small", "fraud", "severity");
        gateway.tasks = Set.of("fraud");
        gateway.run();

        assertThat(gateway.names("sets/" + gateway.set("factory-2").getFileName() + "/tasks"))
                .containsExactly("fraud");
    }

    @Test
    void aTaskRoutedAfterTheSetWasInstalledIsTakenFromTheSameSet() throws Exception {
        shop.task("severity", base.digest(), "other exam");
        shop.release("small", "fraud", "severity");
        gateway.tasks = Set.of("fraud");
        gateway.run();
        gateway.tasks = Set.of("fraud", "severity");
        UpdateStatus status = gateway.run();

        assertThat(status.last().orElseThrow().step()).isEqualTo(Step.COMMITTED);
        assertThat(status.previous()).containsExactly("factory/2");
        assertThat(Objects.requireNonNull(gateway.saved().active()).tasks())
                .extracting(Release::name)
                .containsExactly("fraud", "severity");
        // The folder that served meanwhile was not touched.
        assertThat(gateway.sets()).containsExactly("factory-2", "factory-2");
        InstalledOnDisk.check(gateway);

        gateway.run();
        assertThat(gateway.trial.calls).containsExactly("switch factory/2");
        gateway.tasks = Set.of("severity");
        gateway.run();
        assertThat(gateway.trial.calls).containsExactly("switch factory/2");
    }

    @Test
    void aSetThatFailedIsTriedAgainOnlyWithOtherTasks() throws Exception {
        shop.task("severity", base.digest(), "other exam");
        gateway.tasks = Set.of("fraud");
        gateway.run();
        shop.release("small", "severity");
        gateway.tasks = Set.of("fraud", "severity");
        gateway.trial.failAt = "examine factory/2";
        gateway.run();
        gateway.trial.failAt = null;
        gateway.run();
        assertThat(gateway.trial.calls).containsExactly("switch factory/1");
        gateway.tasks = Set.of("fraud");

        assertThat(gateway.run().active()).contains("factory/2");
    }

    @Test
    void aSetThatRottedOnTheDiskIsReplacedByTheOneBeforeUntilThePollRepairsIt() throws Exception {
        gateway.trial.checkBytes = true;
        gateway.run();
        shop.task("fraud", base.digest(), "exam two");
        shop.release("small", "fraud");
        gateway.run();
        Path exam = gateway.set("factory-2").resolve("tasks/fraud/exam.jsonl");
        Files.writeString(exam, "rot");
        Updater updater = gateway.start();
        updater.resume();

        assertThat(gateway.trial.serving).isEqualTo("factory/1");
        assertThat(updater.damage()).contains("exam.jsonl rotted.");
        assertThat(updater.status().active()).contains("factory/2");

        updater.poll();
        assertThat(gateway.trial.serving).isEqualTo("factory/2");
        assertThat(updater.damage()).isEmpty();
        assertThat(exam).hasContent("exam two");
        InstalledOnDisk.check(gateway);
    }

    @Test
    void nothingServesWhenEveryKeptSetRotted() throws Exception {
        gateway.trial.checkBytes = true;
        gateway.run();
        Files.writeString(gateway.set("factory-1").resolve("tasks/fraud/exam.jsonl"), "rot");
        try (Stream<Path> blobs = Files.list(shop.served().resolve("blobs"))) {
            for (Path each : blobs.toList()) {
                Files.delete(each);
            }
        }
        UpdateStatus status = gateway.run();

        assertThat(gateway.trial.serving).isNull();
        assertThat(status.active()).contains("factory/1");
    }

    @Test
    void aSentenceOfAnyLengthLeavesAStateThatCanBeRead() throws Exception {
        Updater updater = gateway.start();
        gateway.trial.remark = "x\uD83D\uDE00".repeat(40_000);
        updater.resume();
        updater.poll();

        assertThat(gateway.saved().trial().findings().getFirst().sentence()).hasSizeBetween(1_999, 2_000);
        assertThat(Objects.requireNonNull(gateway.saved().last()).sentence()).hasSizeBetween(1_999, 2_000);
    }

    @Test
    void resumingAgainInTheSameProcessCountsNoFurtherDeath() throws Exception {
        gateway.dieAfterSaving = Step.PROBATION;
        assertThatThrownBy(gateway::run).isInstanceOf(FakeTrial.Killed.class);
        gateway.dieAfterSaving = null;
        Updater updater = gateway.startWith(new FakeTrial() {
            @Override
            public Finding probation(SetFolder set, Probation probation) {
                throw new IllegalStateException("A fault of ours.");
            }
        });
        for (int i = 0; i < 4; i++) {
            assertThatThrownBy(updater::resume).isInstanceOf(IllegalStateException.class);
        }

        assertThat(gateway.saved().attempts()).isEqualTo(2);
        assertThat(gateway.saved().step()).isEqualTo(Step.PROBATION);
    }

    @Test
    void aRunningTaskStaysWithTheSameBaseAndRefusesAnotherBaseWithoutIt() throws Exception {
        gateway.run();
        shop.task("severity", base.digest(), "other exam");
        shop.release("small", "severity");
        gateway.run();
        assertThat(gateway.names("sets/" + gateway.set("factory-2").getFileName() + "/tasks"))
                .containsExactly("fraud", "severity");

        Release other = shop.base("large", "model two");
        shop.task("severity", other.digest(), "exam for large");
        shop.release("large", "severity");
        UpdateStatus status = gateway.run();

        assertThat(status.last().orElseThrow().reason()).contains(Reason.TASK_MISSING);
        assertThat(status.active()).contains("factory/2");
        assertThat(gateway.sets()).containsExactly("factory-1", "factory-2");
    }

    @Test
    void aClockThatLagsIsHeldUpByTheBuildAndByWhatWasIssued() throws Exception {
        gateway.clock = Shop.NOW.minus(Duration.ofDays(20_000));
        Updater updater = gateway.start();
        assertThat(updater.now()).isEqualTo("2026-11-01T00:00:00Z");
        updater.resume();
        updater.poll();

        assertThat(gateway.start().now()).isEqualTo(Shop.NOW);
    }
}
