package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.picket.agent.RunningAgent;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daily check: to the system's journal, and into status and report. */
class CheckToldTest {
    @TempDir
    Path folder;

    @Test
    void whatTheCheckFoundStandsAmongTheTroublesUntilTheNextOne() throws Exception {
        try (RunningAgent agent = RunningAgent.start(folder)) {
            String config = agent.config().toString();
            Shell.Ended told = Shell.run("check", "--journal", "--tell", "--config", config);
            assertThat(told.lines())
                    .contains("<4>uplink.broker: none is set; verdicts stay in the journal")
                    .contains("<6>agent: it runs, and was told what was found")
                    .allMatch(line -> line.matches("<[346]>[a-z].*"));
            assertThat(told.code()).isEqualTo(1);
            assertThat(agent.status().path("troubles"))
                    .extracting(JsonNode::asText)
                    .anyMatch(trouble -> trouble.matches("The check of .* found: uplink.broker: none is set.*"));
            assertThat(agent.agent().status().report().more().troubles())
                    .anyMatch(trouble -> trouble.contains("uplink.broker: none is set"));
            agent.agent().lastCheck().tell(List.of());
            assertThat(agent.status().path("troubles"))
                    .extracting(JsonNode::asText)
                    .noneMatch(trouble -> trouble.contains("The check of"));
        }
    }

    @Test
    void anAgentThatDoesNotRunIsAFinding() throws Exception {
        RunningAgent.configure(folder);
        assertThat(Shell.run(
                                "check",
                                "--journal",
                                "--tell",
                                "--config",
                                folder.resolve("picket.yml").toString())
                        .lines())
                .anyMatch(line -> line.startsWith("<3>agent: no agent runs here"));
    }
}
