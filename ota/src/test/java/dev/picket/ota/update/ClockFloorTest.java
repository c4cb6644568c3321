package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.tuf.SignedTime;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The time that was signed last, as it was saved: also by an agent that took any. */
class ClockFloorTest {
    @TempDir
    Path folder;

    private Gateway gateway;

    @BeforeEach
    void aGatewayThatHasASet() throws Exception {
        Shop shop = new Shop(folder.resolve("shop"));
        shop.task("fraud", shop.base("small", "the model").digest(), "exam one");
        shop.release("small", "fraud");
        gateway = new Gateway(
                folder.resolve("gateway"), shop.root(), Fetcher.of(shop.served().toUri(), FetchLimits.DEFAULT));
        gateway.run();
        assertThat(gateway.saved().clockFloor()).isEqualTo(new SignedTime(Shop.NOW, 1));
    }

    @Test
    void aTimeFarAheadThatAnEarlierAgentSavedIsForgottenWithTheNextRefresh() throws Exception {
        save("2098-01-01T00:00:00Z");
        Updater updater = gateway.start();
        updater.resume();
        updater.poll();

        assertThat(updater.now()).isEqualTo(Shop.NOW);
        assertThat(gateway.saved().clockFloor()).isEqualTo(new SignedTime(Shop.NOW, 1));
    }

    @Test
    void aTimeThatNoClockCanShowCountsForNothing() throws Exception {
        save("+300000000-01-01T00:00:00Z");

        assertThat(gateway.start().now()).isEqualTo(Shop.NOW);
    }

    private void save(String floor) throws Exception {
        Path file = folder.resolve("gateway/update-state.json");
        ObjectNode json = StrictJson.parse("state", Files.readAllBytes(file)).node();
        json.put("clockFloor", floor).remove("clockRoot");
        Files.write(file, StrictJson.pretty(json));
    }
}
