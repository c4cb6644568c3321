package dev.picket.agent.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.ReleaseShop;
import dev.picket.agent.state.Limits;
import dev.picket.agent.state.RolloutRows;
import dev.picket.agent.state.SavedRollout;
import dev.picket.agent.state.State;
import dev.picket.agent.uplink.Mosquitto;
import dev.picket.ota.update.Step;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A rollout in whose middle the process dies, as soon as a step of the update is saved. */
class RolloutRestartTest {
    @TempDir
    Path folder;

    private Mosquitto broker;
    private RolloutDesk desk;
    private ReleaseShop shop;

    @BeforeEach
    void aShopWithTwoSetsWhoseChannelNamesTheFirst() throws Exception {
        broker = Mosquitto.start(folder);
        desk = new RolloutDesk(broker.uri());
        shop = new ReleaseShop(folder.resolve("shop"));
        shop.publish("1");
        shop.publish("2");
        shop.commandKeys(desk.signer.jwk(List.of("rollout"), List.of("plant")));
        shop.pointAt("factory/1");
    }

    @AfterEach
    void stop() {
        desk.close();
        broker.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"FETCHING", "SHADOW", "SWITCHED"})
    void itGoesOnWhereItWasAndEndsTheSame(Step at) throws Exception {
        goesOn(at);
    }

    @ParameterizedTest
    @Tag("long")
    @EnumSource(names = {"VERIFIED", "STAGED", "EXAM", "PROBATION"})
    void itGoesOnAtTheOtherStepsAsWell(Step at) throws Exception {
        goesOn(at);
    }

    private void goesOn(Step at) throws Exception {
        dies(at);
        try (Gateway gateway = Gateway.start(setting())) {
            desk.awaits("press-4", "r1", "proved");
            gateway.awaitProved("factory/2");
        }
        assertThat(saved().end()).isEqualTo(new SavedRollout.End("proved", "", "Examined. Shadowed. Proved."));
        try (Gateway gateway = Gateway.start(setting())) {
            desk.say(Orders.active("r2", 1));
            desk.awaits("press-4", "r2", "proved");
            assertThat(desk.last("press-4", "r1")).isEqualTo("proved");
            gateway.awaitProved("factory/2");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SHADOW", "PROBATION"})
    void anAbortThatComesWhileItIsDownStillCounts(Step at) throws Exception {
        Rollout rollout = dies(at);
        desk.say(rollout.next(Rollout.State.ABORTED, 100));
        HeldTrial trial = new HeldTrial();
        trial.hold("shadow");
        trial.hold("probation");
        try (Gateway gateway = Gateway.start(setting(), trial, null)) {
            desk.awaitsReport(
                    "press-4", report -> report.at("/rollouts/0/revision").asLong() == 2);
            trial.release("shadow");
            desk.awaits("press-4", "r1", at == Step.SHADOW ? "rejected aborted" : "rolled-back aborted");
            gateway.awaitProved("factory/1");
            assertThat(trial.serving()).isEqualTo("factory/1");
        }
    }

    @Test
    void aBoundedNumberIsRememberedAndWhatMayStillBeginIsNotForgotten() throws Exception {
        Instant now = Instant.parse("2026-11-21T12:00:00Z");
        try (State state = State.open(folder.resolve("state.db"), 16 << 20, Limits.of(10))) {
            RolloutRows rows = state.rollouts();
            assertThat(rows.take(row("r1", 3, now.plusSeconds(10)), 2, now)).isEqualTo(RolloutRows.Taken.TAKEN);
            assertThat(rows.take(row("r1", 3, now.plusSeconds(10)), 2, now)).isEqualTo(RolloutRows.Taken.KNOWN);
            assertThat(rows.take(row("r1", 2, now.plusSeconds(10)), 2, now)).isEqualTo(RolloutRows.Taken.OLDER);
            assertThat(rows.take(row("r2", 1, now.plusSeconds(99)), 2, now)).isEqualTo(RolloutRows.Taken.TAKEN);
            assertThat(rows.take(row("r3", 1, now.plusSeconds(99)), 2, now)).isEqualTo(RolloutRows.Taken.NO_ROOM);
            assertThat(rows.take(row("r1", 4, now.plusSeconds(20)), 2, now)).isEqualTo(RolloutRows.Taken.TAKEN);
            Instant later = now.plusSeconds(20);
            assertThat(rows.take(row("r3", 1, now.plusSeconds(99)), 2, later)).isEqualTo(RolloutRows.Taken.TAKEN);
            assertThat(rows.all()).extracting(SavedRollout::id).containsExactly("r2", "r3");
        }
    }

    @Test
    void aHigherRevisionOpensWhatEndedWithoutHavingBegunAndNothingElse() throws Exception {
        Instant now = Instant.parse("2026-11-21T12:00:00Z");
        SavedRollout.End end = new SavedRollout.End("timed-out", "", "Too late.");
        try (State state = State.open(folder.resolve("state.db"), 16 << 20, Limits.of(10))) {
            RolloutRows rows = state.rollouts();
            for (String id : List.of("r1", "r2")) {
                rows.take(row(id, 1, now), 10, now);
            }
            rows.begun("r2", true);
            for (String id : List.of("r1", "r2")) {
                rows.ended(id, end);
                rows.take(row(id, 2, now), 10, now);
            }
            assertThat(rows.all().get(0).end()).isNull();
            assertThat(rows.all().get(1).end()).isEqualTo(end);
            rows.ended("r2", new SavedRollout.End("proved", "", ""));
            assertThat(rows.all().get(1).end()).as("the first end stands").isEqualTo(end);
        }
    }

    /** Installs the first Set, and dies on the way to the second. */
    private Rollout dies(Step at) throws Exception {
        Rollout rollout = Orders.active("r1", 1);
        try (Gateway gateway = Gateway.start(setting(), new HeldTrial(), at)) {
            gateway.awaitProved("factory/1");
            desk.say(rollout);
            gateway.awaitDeath();
        }
        SavedRollout saved = saved();
        assertThat(saved.begun()).isTrue();
        assertThat(saved.end()).isNull();
        return rollout;
    }

    private Gateway.Setting setting() {
        return new Gateway.Setting(folder, "press-4", broker.uri(), shop);
    }

    private SavedRollout saved() throws Exception {
        try (State state = State.open(folder.resolve("press-4/state.db"), 16 << 20, Limits.of(100))) {
            return state.rollouts().all().getFirst();
        }
    }

    private static SavedRollout row(String id, long revision, Instant notAfter) {
        return new SavedRollout(id, revision, new byte[] {1}, notAfter, false, null);
    }
}
