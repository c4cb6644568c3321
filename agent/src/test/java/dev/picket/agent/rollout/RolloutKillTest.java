package dev.picket.agent.rollout;

import dev.picket.agent.ReleaseShop;
import dev.picket.agent.kill.Death;
import dev.picket.agent.kill.UpdateScene;
import dev.picket.agent.uplink.Mosquitto;
import dev.picket.ota.update.Step;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** SIGKILL of the whole agent in the middle of a rollout; {@link RolloutRestartTest} has each saved step within one process. */
class RolloutKillTest {
    @TempDir
    Path folder;

    static Stream<Death> deaths() {
        return Stream.of(
                new Death("scheduled, before it is begun", Step.IDLE, "rollout.UnderWay.begin"),
                new Death("fetching, half a file is there", Step.FETCHING, "ota.store.PartBody.take", 5),
                new Death("shadowing, some readings answered", Step.SHADOW, "update.Shadow.answer", 4),
                new Death("installed, some of the probation over", Step.PROBATION, "update.Probationer.checkGates"));
    }

    @ParameterizedTest
    @Tag("long")
    @MethodSource("deaths")
    void killedInItsMiddleItEndsTheSame(Death death) throws Exception {
        ReleaseShop shop = new ReleaseShop(folder.resolve("shop"));
        shop.publish("1");
        try (Mosquitto broker = Mosquitto.start(folder);
                RolloutDesk desk = new RolloutDesk(broker.uri())) {
            shop.commandKeys(desk.signer.jwk(List.of("rollout"), List.of("plant")));
            UpdateScene scene = UpdateScene.installed(
                    folder.resolve("gateway"),
                    shop,
                    "uplink: { broker: \"" + broker.uri() + "\", report-every: 100ms, retry-first: 50ms }");
            shop.publishAdapter(2);
            shop.pointAt("factory/1");
            desk.say(Orders.active("r1", 1));
            scene.dies(death);
            // A gateway that stops as soon as it is done tells how it ended at its next start.
            scene.livesUntil(
                    "it goes on and tells it",
                    UpdateScene.serves(Orders.SET)
                            .and(_ -> desk.last("press-4", "r1").equals("proved")));
        }
    }
}
