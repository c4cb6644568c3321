package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.config.GatewayConfig;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.journal.Verdict;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EventEncoderTest {
    private static final Instant WRITTEN = Instant.parse("2026-11-20T10:00:00Z");
    private static final String TEXT = "Claim your PRIZE now at 0800-555";

    private static PendingVerdict pending(Decision decision, Priority priority) {
        return pending(decision, priority, Duration.ofMinutes(59));
    }

    private static PendingVerdict pending(Decision decision, Priority priority, Duration lifeLeft) {
        boolean failed = decision instanceof Decision.Failed;
        Verdict verdict = new Verdict(
                "line 1",
                "file:17\u0000",
                Instant.parse("2026-11-20T09:59:59.5Z"),
                TEXT,
                true,
                "fraud",
                failed ? null : "b".repeat(64),
                failed ? null : "c".repeat(64),
                failed ? List.of() : List.of("ham", "spam"),
                failed ? List.of() : List.of(0.25f, 0.75f),
                failed ? null : "spam",
                failed ? 0f : 0.75f,
                priority,
                decision,
                2_500_000);
        return new PendingVerdict("e1", priority, 42, WRITTEN, lifeLeft, verdict);
    }

    private Message encode(PendingVerdict row, boolean leave) {
        return new EventEncoder(new Topics(new GatewayConfig("Werk Süd", "press-4")), _ -> leave)
                .encode(row, WRITTEN.plusSeconds(30));
    }

    private static JsonNode data(Message message) throws IOException {
        return new ObjectMapper().readTree(message.payload());
    }

    @Test
    void aVerdictIsACloudEventInBinaryMode() throws IOException {
        Message event = encode(pending(new Decision.Accept(), Priority.ALARM), false);

        assertThat(event.topic()).isEqualTo("picket/v1/Werk Süd/press-4/verdict/line 1");
        assertThat(event.retained()).isFalse();
        assertThat(event.expirySeconds()).isEqualTo(3_540L);
        Map<String, String> attributes =
                event.properties().stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        assertThat(attributes)
                .containsEntry("specversion", "1.0")
                .containsEntry("id", "e1-alarm-42")
                .containsEntry("source", "/picket/v1/Werk%20S%C3%BCd/press-4")
                .containsEntry("type", "dev.picket.verdict.v1")
                .containsEntry("time", "2026-11-20T09:59:59.500Z")
                .containsEntry("subject", "line 1/file:17\uFFFD")
                .containsEntry("epoch", "e1")
                .containsEntry("priority", "alarm")
                .containsEntry("seq", "42")
                .containsEntry("historical", "true")
                .hasSize(10);
        assertThat(data(event).path("label").asText()).isEqualTo("spam");
        assertThat(data(event).path("confidence").asDouble()).isEqualTo(0.75);
        assertThat(data(event).has("probabilities")).isFalse();
    }

    @Test
    void anEscalationGoesToItsOwnTopicWithTheDistribution() throws IOException {
        Message event = encode(pending(new Decision.Escalate(), Priority.ESCALATION), false);

        assertThat(event.topic()).endsWith("/escalation/line 1");
        assertThat(data(event).path("probabilities").path("ham").asDouble()).isEqualTo(0.25);
        assertThat(data(event).path("probabilities").path("spam").asDouble()).isEqualTo(0.75);
    }

    @Test
    void aFailedReadingIsAnEscalationWithoutLabelOrDistribution() throws IOException {
        Message event = encode(pending(new Decision.Failed("crash"), Priority.ESCALATION), false);

        assertThat(event.topic()).endsWith("/escalation/line 1");
        assertThat(data(event).path("decision").asText()).isEqualTo("FAILED(crash)");
        assertThat(data(event).has("label")).isFalse();
        assertThat(data(event).has("probabilities")).isFalse();
    }

    @Test
    void noTextLeavesUnlessTheSourceIsConfiguredSo() throws IOException {
        for (Decision decision :
                List.of(new Decision.Accept(), new Decision.Escalate(), new Decision.Failed("error"))) {
            PendingVerdict row = pending(decision, Priority.ROUTINE);
            Message kept = encode(row, false);
            assertThat(kept.properties().toString() + new String(kept.payload(), StandardCharsets.UTF_8))
                    .doesNotContain("Claim")
                    .doesNotContain("PRIZE")
                    .doesNotContain("0800");
            assertThat(data(encode(row, true)).path("text").asText()).isEqualTo(TEXT);
        }
    }

    @Test
    void aRowPastItsLifeStillGetsAnEventThatLivesASecond() {
        EventEncoder encoder = new EventEncoder(new Topics(Configs.GATEWAY), _ -> false);
        Message event =
                encoder.encode(pending(new Decision.Accept(), Priority.ROUTINE, Duration.ofSeconds(-5)), WRITTEN);
        assertThat(event.expirySeconds()).isEqualTo(1L);
    }
}
