package dev.picket.agent.update;

import dev.picket.agent.ReleaseShop;
import dev.picket.agent.RunningAgent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstSetTest {

    @TempDir
    Path folder;

    @Test
    void anAgentThatNeverHadASetTakesTheOneThatCameWithTheMachine() throws Exception {
        ReleaseShop shop = new ReleaseShop(folder.resolve("shop"));
        String first = shop.publish("1.0.0");
        index(shop.served(), first);
        String updates = "updates: { root: \"%s\", seed: \"%s\", trial: { probation: 100ms } }"
                .formatted(shop.root(), shop.served());
        try (RunningAgent agent = RunningAgent.start(folder, updates)) {
            agent.awaitServing(first);
        }
        String second = shop.publish("2.0.0");
        index(shop.served(), second);
        try (RunningAgent agent = RunningAgent.start(folder, updates)) {
            agent.awaitServing(first);
        }
    }

    private static void index(Path tree, String set) throws IOException {
        Files.writeString(tree.resolve("usb.json"), "{\"format\":1,\"set\":\"sets/%s.json\"}".formatted(set));
    }
}
