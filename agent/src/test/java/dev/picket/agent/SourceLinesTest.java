package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.journal.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines that are no good texts, through the whole agent. */
class SourceLinesTest {
    @TempDir
    Path folder;

    @Test
    void emptyLongAndMalformedLinesGetTheirOutcomeAndTheNextOneIsJudged() throws Exception {
        ReleaseShop shop = new ReleaseShop(folder.resolve("shop"));
        String set = shop.publish("1");
        try (RunningAgent agent =
                RunningAgent.start(folder, RunningAgent.updates(shop.served().toUri(), shop.root()))) {
            agent.awaitServing(set);
            agent.append("", "x".repeat(1 << 20), "   ");
            Files.write(folder.resolve("app.log"), new byte[] {'p', (byte) 0xff, 'y', '\n'}, StandardOpenOption.APPEND);
            agent.append("Lunch is at noon");
            agent.awaitRows(3);
            JsonNode status = agent.awaitStatus(
                    "all is read", now -> now.at("/figures/readings").asLong() == 5);

            assertThat(status.at("/dropsByReason/empty").asLong()).isEqualTo(2);
            assertThat(status.path("judging").asText()).isEqualTo("serving");
            List<Verdict> verdicts = agent.rows().stream()
                    .map(PendingVerdict::verdict)
                    .sorted(Comparator.comparingInt(verdict -> Integer.parseInt(
                            verdict.readingId().substring(verdict.readingId().indexOf(':') + 1))))
                    .toList();
            assertThat(verdicts)
                    .extracting(Verdict::text)
                    .containsExactly("x".repeat(8192), "p\ufffdy", "Lunch is at noon");
            assertThat(verdicts).extracting(Verdict::cut).containsExactly(true, false, false);
            assertThat(verdicts).allMatch(verdict -> verdict.label() != null);
        }
    }
}
