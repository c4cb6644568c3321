package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.AgentContext;
import dev.picket.agent.LoopedAgent;
import dev.picket.agent.RunningAgent;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadCommandTest {
    @TempDir
    Path folder;

    @Test
    void theAgentRunsWithWhatTheFilesSayWhenTheCommandEnds() throws Exception {
        try (LoopedAgent agents = LoopedAgent.start(folder)) {
            AgentContext first = agents.next();
            assertThat(reload().out()).isEqualTo("Nothing has changed; the agent goes on.\n");
            assertThat(agents.idle()).isTrue();
            RunningAgent.configure(folder, "retention: { verdicts: 11d }", "journal: { commit-rows: 7 }");
            Shell.Ended done = reload();
            assertThat(done.out())
                    .as(done.err())
                    .isEqualTo("The agent runs with what has changed: journal, retention.\n");
            assertThat(done.code()).isZero();
            AgentContext second = agents.next();
            assertThat(second).isNotSameAs(first);
            assertThat(second.agent().host().overlays().config().retention().verdicts())
                    .hasDays(11);
        }
    }

    @Test
    void whatCannotBeUsedIsSaidAndTheAgentGoesOnAsItWas() throws Exception {
        try (LoopedAgent agents = LoopedAgent.start(folder)) {
            AgentContext agent = agents.next();
            RunningAgent.configure(folder, "inference: { native-library: /opt/ort }");
            reload().saysOneSentence(65, "inference.native-library is taken once, when the process starts");
            String good = Files.readString(folder.resolve("picket.yml"));
            Files.writeString(folder.resolve("picket.yml"), good + "retenshun: { text: 1d }\n");
            Shell.Ended faulty = reload();
            assertThat(faulty.code()).isEqualTo(78);
            assertThat(faulty.err()).contains("did you mean 'retention'");
            assertThat(agents.idle()).as("no other agent has begun").isTrue();
            assertThat(agent.agent().host().overlays().config().inference().nativeLibrary())
                    .isNull();
        }
    }

    @Test
    void whatOnlyTheStartFindsIsWaitedForUntilSomebodyMendsIt() throws Exception {
        try (LoopedAgent agents = LoopedAgent.start(folder);
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            agents.next();
            RunningAgent.configure(folder, "http: { port: %d }".formatted(taken.getLocalPort()));
            Shell.Ended ended = reload("--within", "1s");
            assertThat(ended.err()).startsWith("picket: ").hasLineCount(1);
            assertThat(ended.code()).isEqualTo(69);
            RunningAgent.configure(folder);
            assertThat(agents.next().page().getPort()).isNotEqualTo(taken.getLocalPort());
        }
    }

    @Test
    void withoutAnAgentThereIsNothingToReload() throws Exception {
        RunningAgent.configure(folder);
        reload().saysOneSentence(69, "no agent runs here");
    }

    private Shell.Ended reload(String... more) {
        String[] words = new String[more.length + 3];
        words[0] = "reload";
        words[1] = "--config";
        words[2] = folder.resolve("picket.yml").toString();
        System.arraycopy(more, 0, words, 3, more.length);
        return Shell.run(words);
    }
}
