package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrialReportTest {
    @Test
    void theReportCarriesEachPartsFiguresAndTheReasonOfARefusal() throws Exception {
        Map<String, Double> measured = new LinkedHashMap<>();
        measured.put("agreement", 0.9667);
        measured.put("macroF1", 0.81);
        TrialReport trial = new TrialReport(
                "idle",
                null,
                "factory/1",
                true,
                List.of("factory/0"),
                List.of(new TrialReport.Part(
                        "exam",
                        "failed",
                        "The exam of task fraud gave the desk's label to 0.9667 of the rows.",
                        List.of(new TrialReport.Measured("fraud", measured)))),
                null,
                new TrialReport.End(
                        "factory/2", "rejected", "exam-failed", "The exam failed.", "2026-11-21T12:00:00Z"));
        Report report = new Report(
                "0.1.0",
                null,
                "factory/1",
                "factory/2: rejected(exam-failed)",
                trial,
                "serving",
                Map.of(),
                Map.of(),
                Map.of(),
                0,
                ReportParts.NONE);
        JsonNode json = new ObjectMapper().readTree(ReportJson.bytes(report));
        assertThat(json.at("/trial/findings/0/figures/0/values/agreement").asDouble())
                .isEqualTo(0.9667);
        assertThat(json.at("/trial/ended/reason").asText()).isEqualTo("exam-failed");
        assertThat(json.at("/trial/proved").asBoolean()).isTrue();
        assertThat(ReportJson.bytes(report)).isEqualTo(ReportJson.bytes(report));
        assertThat(new Contract().faults("schemas/report.json", json)).isEmpty();
    }
}
