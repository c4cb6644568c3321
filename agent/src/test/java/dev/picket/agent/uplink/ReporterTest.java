package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.inference.Priority;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ReporterTest {
    /** Stands still until it is moved. */
    private static final class StandingClock extends Clock {
        private Instant now = Instant.EPOCH;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private final StandingClock clock = new StandingClock();
    private long queued;
    private final Reporter reporter =
            new Reporter(new Topics(Configs.GATEWAY), this::report, Duration.ofSeconds(10), clock);

    private Report report() {
        return new Report(
                "0.1.0",
                null,
                null,
                null,
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
        clock.now = Instant.EPOCH.plusSeconds(9);
        assertThat(reporter.due()).as("too soon").isNull();
        clock.now = Instant.EPOCH.plusSeconds(10);
        say();
        clock.now = Instant.EPOCH.plusSeconds(60);
        assertThat(reporter.due()).as("unchanged").isNull();
    }

    @Test
    void aNewConnectionHearsItAtOnce() {
        say();
        reporter.newConnection();
        assertThat(reporter.due()).isNotNull();
    }
}
