package dev.picket.agent.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.ReleaseShop;
import dev.picket.agent.read.Until;
import dev.picket.ota.update.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGKILL of the whole agent, on the real model and with texts that keep coming, in the middle of each step of an update:
 * the next life serves the Set of before or the new one, goes on, and each text has exactly one verdict. What the disk may
 * hold after each single write is {@code UpdatePowerCutTest}'s.
 */
class UpdateKillTest {
    private static final String FIRST = "factory/1";
    private static final String SECOND = "factory/2";
    private static final String OTHER_BASE = "factory/3";
    private static final String FOURTH = "factory/4";
    private static final Death WATCHED =
            new Death("on probation, some of it over", Step.PROBATION, "update.Probationer.checkGates");

    @TempDir
    static Path folder;

    private static ReleaseShop shop;
    private static UpdateScene installed;

    @BeforeAll
    static void aGatewayWithASetAndAShopWithMore() throws Exception {
        shop = new ReleaseShop(folder.resolve("shop"));
        shop.publish("1");
        installed = UpdateScene.installed(folder.resolve("installed"), shop);
        shop.publishAdapter(2);
        shop.publishBase(3);
        shop.publishAdapter(4);
    }

    @Test
    void ofATaskThatIsSavedAsTheActiveOneBeforeTheSwitch() throws Exception {
        holds(SECOND, new Death("before the switch", Step.SWITCHED, "update.ServingSet.switchTo"));
    }

    @TestFactory
    @Tag("long")
    Stream<DynamicTest> ofATaskAtTheOtherSteps() {
        return tests(
                SECOND,
                new Death("half a file is fetched", Step.FETCHING, "ota.store.PartBody.take", 5),
                new Death("all files are fetched, before that is saved", Step.FETCHING, "ota.store.PartBody.close", 2),
                new Death(
                        "fetched and verified, half of the links are made",
                        Step.VERIFIED,
                        "ota.store.FileStore.link",
                        2),
                new Death("staged, before the exam is saved", Step.STAGED, "ota.update.StateFile.write"),
                new Death("examined in the agent, some rows answered", Step.EXAM, "update.InAgent.answer", 40),
                new Death("in the shadow, some readings answered", Step.SHADOW, "update.Shadow.answer", 4),
                new Death("shadowed, before the switch is saved", Step.SHADOW, "ota.update.StateFile.write", 2),
                new Death("switched, before that is saved", Step.SWITCHED, "ota.update.StateFile.write", 2),
                new Death("on probation, before the cold load", Step.PROBATION, "update.SetTrial.loadCold"),
                WATCHED,
                new Death(
                        "proved, before what is not needed is removed",
                        Step.COMMITTED,
                        "ota.store.FileStore.keepOnlyAndDownloads"));
    }

    @TestFactory
    @Tag("long")
    Stream<DynamicTest> ofABase() {
        return tests(
                OTHER_BASE,
                new Death("the exam's process loads the base", Step.EXAM, "update.ExamProcess.next"),
                new Death("examined in a process of its own", Step.EXAM, "update.ExamProcess.answer", 10),
                new Death("the base is loaded beside the other for the shadow", Step.SHADOW, "update.Shadow.answer"),
                new Death("before the switch to the base", Step.SWITCHED, "update.ServingSet.switchTo"),
                new Death("the base is loaded anew on probation", Step.PROBATION, "update.LoadedSet.load"),
                WATCHED);
    }

    @Test
    void whatDiesTwiceOnProbationIsRolledBackAndNotTriedAgain() throws Exception {
        UpdateScene scene = installed.copy(folder.resolve("loop"), shop);
        shop.pointAt(SECOND);
        scene.dies(WATCHED);
        scene.dies(WATCHED);
        String crashed = SECOND + " rolled-back crashed";
        boolean triedAgain = scene.lives(
                new Death("it is fetched again", Step.FETCHING, "ota.store.FileStore.fetch"),
                life -> {
                    UpdateScene.awaits(life, "it is taken back", UpdateScene.ended(crashed));
                    refreshes(life, scene.updates().resolve("metadata/timestamp.json"));
                },
                UpdateScene.serves(FIRST).and(UpdateScene.ended(crashed)));
        assertThat(triedAgain).isFalse();
        shop.pointAt(FOURTH);
        scene.livesUntil("the next one is taken", UpdateScene.serves(FOURTH));
    }

    /** Twice: the Set that the first refresh brings is looked at before the second begins. */
    private static void refreshes(Life life, Path timestamp) throws Exception {
        for (int i = 0; i < 2; i++) {
            byte[] before = Files.readAllBytes(timestamp);
            shop.pointAt(SECOND);
            Until.holds("it has refreshed", () -> {
                life.asks(UpdatingAgent.POLL);
                return !Arrays.equals(before, Files.readAllBytes(timestamp));
            });
        }
    }

    @TestFactory
    @Tag("long")
    Stream<DynamicTest> ofARollbackThatIsOrdered() {
        return Stream.of(
                        new Death("before the Set of before serves", Step.ROLLED_BACK, "update.SetTrial.switchTo"),
                        new Death(
                                "it serves, before that is saved",
                                Step.ROLLED_BACK,
                                "ota.store.FileStore.keepOnlyAndDownloads"))
                .map(death -> DynamicTest.dynamicTest(death.name(), () -> {
                    UpdateScene scene = scene(SECOND);
                    scene.watchesLong(shop);
                    scene.dies(death, life -> {
                        scene.textsUntil(life, now -> now.path("step").asText().equals("probation"));
                        life.asks(UpdatingAgent.ROLLBACK);
                    });
                    scene.livesUntil(
                            "it is back",
                            UpdateScene.serves(FIRST).and(UpdateScene.ended(SECOND + " rolled-back ordered")));
                }));
    }

    private static Stream<DynamicTest> tests(String set, Death... deaths) {
        return Stream.of(deaths).map(death -> DynamicTest.dynamicTest(death.name(), () -> holds(set, death)));
    }

    private static void holds(String set, Death death) throws Exception {
        UpdateScene scene = scene(set);
        scene.dies(death);
        scene.livesUntil("it goes on", UpdateScene.serves(set));
    }

    private static UpdateScene scene(String set) throws Exception {
        shop.pointAt(set);
        return installed.copy(Files.createTempDirectory(folder, "row").resolve("gateway"), shop);
    }
}
