package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FetchReportTest {
    @Test
    void aReportOfAFetchChangesAFewTimesAndNotWithEachByte() {
        long reports = LongStream.rangeClosed(0, 10_000)
                .mapToObj(each -> new String(
                        ReportJson.bytes(report(new ReportParts.Fetch(
                                "factory/4", each * 40_000, 400_000_000, 1_000_000 + each, "host", "", 0, each * 300))),
                        StandardCharsets.UTF_8))
                .distinct()
                .count();
        assertThat(reports).isBetween(20L, 30L);
    }

    @Test
    void itSaysWhichSetFromWhereAndWhyItWaits() {
        ReportParts.Fetch waits =
                new ReportParts.Fetch("factory/4", 399, 400, 0, "updates.example", "Files are fetched later.", 2, 0);
        assertThat(new String(ReportJson.bytes(report(waits)), StandardCharsets.UTF_8))
                .contains("\"set\":\"factory/4\",\"bytes\":380,\"total\":400")
                .contains("\"place\":\"updates.example\",\"waits\":\"Files are fetched later.\",\"thrownAway\":2");
    }

    private static Report report(ReportParts.Fetch fetch) {
        ReportParts none = ReportParts.NONE;
        return new Report(
                "0.1.0",
                null,
                null,
                null,
                TrialReport.NONE,
                "serving",
                Map.of(),
                Map.of(),
                Map.of(),
                0,
                new ReportParts(
                        false,
                        List.of(),
                        none.link(),
                        fetch,
                        none.certificates(),
                        none.configuration(),
                        none.rollouts(),
                        none.drift(),
                        none.provider(),
                        none.troubles()));
    }
}
