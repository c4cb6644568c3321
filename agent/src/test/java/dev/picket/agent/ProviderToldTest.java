package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An agent that is asked for a GPU on a machine without one goes on, on the CPU, and says so wherever one looks. */
class ProviderToldTest {
    @TempDir
    Path folder;

    @Test
    void aFallbackIsInStatusReportMetricsAndTroubles() throws Exception {
        ReleaseShop shop = new ReleaseShop(folder.resolve("shop"));
        String set = shop.publish("1");
        try (RunningAgent agent = RunningAgent.start(
                folder,
                "inference: { provider: gpu }",
                RunningAgent.updates(shop.served().toUri(), shop.root()))) {
            agent.awaitServing(set);
            JsonNode status = agent.status();
            assertThat(status.at("/provider/asked").asText()).isEqualTo("gpu");
            assertThat(status.at("/provider/name").asText()).isEqualTo("CPUExecutionProvider");
            assertThat(status.at("/provider/refused/0/reason").asText()).isEqualTo("absent");
            assertThat(status.path("troubles").toString()).contains("Texts are classified on CPUExecutionProvider");
            assertThat(agent.agent().status().report().more().provider().refused())
                    .hasSize(1);
            agent.get("/prometheus");
            assertThat(agent.get("/prometheus").body())
                    .containsPattern("picket_provider_info\\{[^}]*provider=\"CPUExecutionProvider\"[^}]*} 1")
                    .containsPattern("picket_provider_fallbacks_total\\{reason=\"absent\",?} [1-9]")
                    .containsPattern("picket_provider_fallbacks_total\\{reason=\"slow\",?} 0");
        }
    }
}
