package dev.picket.ota.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowsTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @Test
    void aWindowMayPassMidnight() {
        Windows night = Windows.parse(List.of("22:00-05:00"));
        assertThat(night.areOpen(at("2026-11-21T21:59:59"))).isFalse();
        assertThat(night.areOpen(at("2026-11-21T22:00:00"))).isTrue();
        assertThat(night.areOpen(at("2026-11-22T00:00:00"))).isTrue();
        assertThat(night.areOpen(at("2026-11-22T04:59:59"))).isTrue();
        assertThat(night.areOpen(at("2026-11-22T05:00:00"))).isFalse();
        assertThat(night.untilOpen(at("2026-11-21T21:30:30"))).isEqualTo(Duration.ofSeconds(29 * 60 + 30));
        assertThat(night.untilOpen(at("2026-11-21T23:00:00"))).isZero();
    }

    @Test
    void ofSeveralWindowsTheNextOneCounts() {
        Windows windows = Windows.parse(List.of("22:00-23:00", "12:00-12:30"));
        assertThat(windows.untilOpen(at("2026-11-21T11:00:00"))).isEqualTo(Duration.ofHours(1));
        assertThat(windows.untilOpen(at("2026-11-21T12:30:00"))).isEqualTo(Duration.ofMinutes(9 * 60 + 30));
        assertThat(windows.untilOpen(at("2026-11-21T23:00:00"))).isEqualTo(Duration.ofHours(13));
    }

    @Test
    void noneIsAlwaysAndTheSameHourTwiceIsAllDay() {
        assertThat(Windows.ALWAYS.areOpen(at("2026-11-21T03:00:00"))).isTrue();
        assertThat(Windows.parse(List.of("06:00-06:00")).areOpen(at("2026-11-21T03:00:00")))
                .isTrue();
    }

    @Test
    void anHourThatTheClockSkipsInSpringOpensNothing() {
        // 2026-03-29: 02:00 becomes 03:00.
        Windows inTheGap = Windows.parse(List.of("02:10-02:50"));
        assertThat(inTheGap.untilOpen(at("2026-03-28T23:00:00"))).isEqualTo(Duration.ofMinutes(26 * 60 + 10));
        Windows overIt = Windows.parse(List.of("02:30-04:00"));
        assertThat(overIt.untilOpen(at("2026-03-29T01:30:00"))).isEqualTo(Duration.ofMinutes(30));
        assertThat(overIt.areOpen(at("2026-03-29T03:10:00"))).isTrue();
    }

    @Test
    void anHourThatTheClockShowsTwiceInAutumnOpensTwice() {
        // 2026-10-25: 03:00 becomes 02:00.
        Windows twice = Windows.parse(List.of("02:00-02:30"));
        ZonedDateTime first = at("2026-10-25T02:30:00").withEarlierOffsetAtOverlap();
        assertThat(twice.areOpen(first.minusMinutes(1))).isTrue();
        assertThat(twice.areOpen(first)).isFalse();
        assertThat(twice.untilOpen(first)).isEqualTo(Duration.ofMinutes(30));
        assertThat(twice.untilOpen(at("2026-10-25T00:00:00"))).isEqualTo(Duration.ofHours(2));
    }

    @Test
    void whatIsNoWindowIsRefusedInWords() {
        for (String text : List.of("22-05", "22:00", "24:00-05:00", "22:00-05:60", "22:00 - 05:00", "")) {
            assertThatThrownBy(() -> Windows.parse(List.of(text)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("22:00-05:00");
        }
    }

    private static ZonedDateTime at(String local) {
        return ZonedDateTime.of(LocalDateTime.parse(local), BERLIN);
    }
}
