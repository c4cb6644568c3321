package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.inference.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ReporterTest {
    private final StandingClock clock = new StandingClock(Instant.EPOCH);
    private Duration spacing = Duration.ZERO;
    private long queued;
    private final Reporter reporter =
            new Reporter(new Topics(Configs.GATEWAY), this::report, Duration.ofSeconds(10), bytes -> spacing, clock);

    private Report report() {
        return new Report(
                "0.1.0",
                null,
                null,
                null,
                TrialReport.NONE,
                "ready",
                Map.of(Priority.ALARM, queued),
                Map.of(),
                Map.of(),
                0,
                ReportParts.NONE);
    }

    private void say() {
        reporter.said(Objects.requireNonNull(reporter.due()));
    }

    @Test
    void aReportIsSaidOnceUntilItChangesAndNotSoonerThanAllowed() {
        say();
        assertThat(reporter.due()).isNull();
        queued = 1;
        clock.set(Instant.EPOCH.plusSeconds(9));
        assertThat(reporter.due()).as("too soon").isNull();
        clock.set(Instant.EPOCH.plusSeconds(10));
        say();
        clock.set(Instant.EPOCH.plusSeconds(60));
        assertThat(reporter.due()).as("unchanged").isNull();
    }

    @Test
    void onAMeteredLinkItIsSaidSeldomer() {
        spacing = Duration.ofMinutes(5);
        say();
        queued = 1;
        clock.set(Instant.EPOCH.plusSeconds(299));
        assertThat(reporter.due()).as("too soon").isNull();
        clock.set(Instant.EPOCH.plusSeconds(300));
        assertThat(reporter.due()).isNotNull();
    }

    @Test
    void aNewConnectionHearsItAtOnce() {
        say();
        reporter.newConnection();
        assertThat(reporter.due()).isNotNull();
    }
}
