package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.ReleaseShop;
import dev.picket.agent.RunningAgent;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code status} says of updates and their trials, and the way back, on an agent that runs. */
class RollbackCommandTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LOOKS = 600;

    @TempDir
    Path folder;

    @Test
    void theStatusShowsEachPartWithItsFiguresAndARollbackLetsTheSetBeforeRun() throws Exception {
        ReleaseShop shop = new ReleaseShop(folder.resolve("shop"));
        String first = shop.publish("1.0.0");
        try (RunningAgent agent =
                RunningAgent.start(folder, RunningAgent.updates(shop.served().toUri(), shop.root()))) {
            String config = agent.config().toString();
            JsonNode installed = trial(config, now -> ended(now, first, "committed"));
            assertThat(installed.path("proved").asBoolean()).isTrue();
            assertThat(part(installed, "exam").path("result").asText()).isEqualTo("passed");
            assertThat(part(installed, "exam").at("/figures/0/of").asText()).isEqualTo("fraud");
            assertThat(part(installed, "exam").at("/figures/0/values/agreement").asDouble())
                    .isGreaterThanOrEqualTo(0.98);
            assertThat(part(installed, "shadow").path("sentence").asText()).isEqualTo("No shadow: first install.");
            Shell.run("rollback", "--config", config).saysOneSentence(65, "no Set before " + first);

            String second = shop.publish("2.0.0");
            agent.agent().updates().pollNow();
            JsonNode next = trial(config, now -> ended(now, second, "committed"));
            assertThat(part(next, "shadow").path("result").asText()).isEqualTo("inconclusive");
            assertThat(part(next, "probation").at("/figures/0/values").has("escalatedShare"))
                    .isTrue();
            assertThat(Shell.run("status", "--config", config).out())
                    .contains("exam       passed: Task fraud", "shadow     inconclusive", "kept       [" + first + "]");
            Shell.run("rollback", "--from", first, "--config", config)
                    .saysOneSentence(65, first + " does not run here, but " + second);

            Shell.Ended back = Shell.run("rollback", "--from", second, "--config", config);
            assertThat(back.out())
                    .as(back.err())
                    .contains(second + ": It was taken back by order; " + first + " runs.");
            assertThat(back.code()).isZero();
            JsonNode after = trial(config, now -> ended(now, second, "rolled-back"));
            assertThat(after.path("installed").asText()).isEqualTo(first);
            assertThat(after.at("/ended/reason").asText()).isEqualTo("ordered");
        }
    }

    private static JsonNode part(JsonNode trial, String name) {
        for (JsonNode each : trial.path("findings")) {
            if (each.path("part").asText().equals(name)) {
                return each;
            }
        }
        throw new AssertionError("no " + name + " in " + trial);
    }

    private static boolean ended(JsonNode trial, String set, String step) {
        return trial.path("step").asText().equals("idle")
                && trial.at("/ended/set").asText().equals(set)
                && trial.at("/ended/step").asText().equals(step);
    }

    private static JsonNode trial(String config, Predicate<JsonNode> wanted) throws Exception {
        JsonNode last = JSON.createObjectNode();
        for (int i = 0; i < LOOKS; i++) {
            Shell.Ended status = Shell.run("status", "--json", "--config", config);
            last = JSON.readTree(status.out()).path("trial");
            if (wanted.test(last)) {
                return last;
            }
        }
        throw new AssertionError("not reached: " + last);
    }
}
