package dev.picket.agent.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.picket.agent.ReleaseShop;
import dev.picket.agent.RunningAgent;
import dev.picket.agent.read.Until;
import dev.picket.agent.uplink.Mosquitto;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.UpdateStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent, as it is assembled, on the released model. */
class RolloutInAgentTest {
    @TempDir
    Path folder;

    @Test
    void anAgentOfItsGroupTakesTheSetAndReportsIt() throws Exception {
        ReleaseShop shop = new ReleaseShop(folder.resolve("shop"));
        String first = shop.publish("1");
        try (Mosquitto broker = Mosquitto.start(folder);
                RolloutDesk desk = new RolloutDesk(broker.uri())) {
            shop.commandKeys(desk.signer.jwk(List.of("rollout"), List.of("plant")));
            String uplink = "uplink: { broker: \"" + broker.uri() + "\", report-every: 100ms, retry-first: 50ms }";
            String updates = RunningAgent.updates(shop.served().toUri(), shop.root());
            try (RunningAgent agent =
                    RunningAgent.start(folder, updates, uplink, "rollouts: { groups: [north, pilot], spread: 0s }")) {
                awaitProved(agent, first);
                String second = shop.publish("2");
                shop.pointAt(first);
                Rollout usual = Orders.active("r1", 1);
                desk.say(new Rollout(
                        "r1", 1, second, Set.of("pilot"), 100, Rollout.State.ACTIVE, null, usual.notAfter(), false));
                desk.awaits("press-4", "r1", "proved");
                awaitProved(agent, second);
                assertThat(desk.states("press-4", "r1")).contains("proved").doesNotContain("rejected");

                JsonNode told = agent.awaitStatus(
                        "the rollout is told",
                        now -> now.at("/rollouts/list/0/state").asText().equals("proved"));
                assertThat(told.at("/rollouts/list/0/set").asText()).isEqualTo(second);
                assertThat(told.at("/fetch/set").asText()).isEmpty();
                assertThat(agent.get("/prometheus").body())
                        .contains("picket_rollouts{state=\"proved\"} 1.0", "picket_rollouts{state=\"rejected\"} 0.0")
                        .contains("picket_fetch_bytes_per_second 0.0");
                assertThat(agent.get("/page.js").body()).contains("status.rollouts.list", "fetch.waits");
            }
        }
    }

    private static void awaitProved(RunningAgent agent, String set) throws Exception {
        Until.holds(set + " runs, proved", () -> {
            UpdateStatus now = agent.agent().updates().status();
            return now.active().filter(set::equals).isPresent() && now.proved() && now.step() == Step.IDLE;
        });
    }
}
