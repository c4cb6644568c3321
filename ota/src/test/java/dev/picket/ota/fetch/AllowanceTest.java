package dev.picket.ota.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllowanceTest {
    private static final FetchLimits LIMITS =
            new FetchLimits(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(20), 0);

    @TempDir
    Path folder;

    private final List<Duration> waits = new ArrayList<>();
    private WebServer server;
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private long nanos;

    @BeforeEach
    void aServerWithOneFile() throws IOException {
        server = new WebServer();
        server.files.put("blobs/a", new byte[400_000]);
        server.files.put("metadata/timestamp.json", new byte[50_000]);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aRateIsKeptOnAverageAndBytesFlowInSmallPieces() throws Exception {
        Allowance allowance = allowance(Windows.ALWAYS, 100_000, 0);
        bytes(allowance, "blobs/a");

        Duration waited = waits.stream().reduce(Duration.ZERO, Duration::plus);
        assertThat(waited).isBetween(Duration.ofMillis(3_900), Duration.ofMillis(4_100));
        assertThat(waits).allSatisfy(each -> assertThat(each).isLessThanOrEqualTo(Duration.ofMillis(260)));
        assertThat(allowance.bytes()).isEqualTo(400_000);
    }

    @Test
    void metadataDoNotWaitForTheRateNorForAWindow() throws Exception {
        Allowance allowance = allowance(Windows.parse(List.of("01:00-02:00")), 100, 10);
        bytes(allowance, "metadata/timestamp.json");

        assertThat(waits).isEmpty();
        assertThat(allowance.bytes()).isEqualTo(50_000);
    }

    @Test
    void outsideItsWindowNoFileIsAskedFor() {
        Allowance allowance = allowance(Windows.parse(List.of("22:00-05:00")), 0, 0);

        assertThatThrownBy(() -> bytes(allowance, "blobs/a"))
                .isInstanceOfSatisfying(NotYetException.class, e -> {
                    assertThat(e.after()).isEqualTo(Duration.ofHours(10));
                    assertThat(e.isOurs()).isTrue();
                })
                .hasMessageContaining("22:00-05:00")
                .hasMessageContaining("2026-11-21 22:00");
        assertThat(server.asked).isEmpty();
    }

    @Test
    void aWindowThatClosesEndsTheFetchThatIsUnderWay() {
        now = Instant.parse("2026-11-21T04:59:59Z");
        Allowance allowance = allowance(Windows.parse(List.of("22:00-05:00")), 100_000, 0);

        assertThatThrownBy(() -> bytes(allowance, "blobs/a")).isInstanceOf(NotYetException.class);
        assertThat(allowance.bytes()).isLessThan(200_000);
    }

    @Test
    void aDaysBudgetIsKeptAcrossRestartsAndBeginsAnewAtMidnight() throws Exception {
        assertThatThrownBy(() -> bytes(allowance(Windows.ALWAYS, 0, 150_000), "blobs/a"))
                .isInstanceOfSatisfying(
                        NotYetException.class, e -> assertThat(e.after()).isEqualTo(Duration.ofHours(12)))
                .hasMessageContaining("bytes-per-day");
        server.asked.clear();
        Allowance restarted = allowance(Windows.ALWAYS, 0, 150_000);
        assertThatThrownBy(() -> bytes(restarted, "blobs/a")).isInstanceOf(NotYetException.class);
        assertThat(server.asked).isEmpty();

        now = Instant.parse("2026-11-22T00:00:00Z");
        assertThatThrownBy(() -> bytes(restarted, "blobs/a")).isInstanceOf(NotYetException.class);
        assertThat(server.asked).hasSize(1);
    }

    @Test
    void theFileSaysAtLeastWhatWasFetchedWheneverTheProcessDies() throws Exception {
        Allowance allowance = allowance(Windows.ALWAYS, 0, 6_400_000);
        for (int i = 0; i < 50; i++) {
            allowance.took("blobs/a", 10_000);
            long saved = saved();
            assertThat(saved).isBetween((i + 1) * 10_000L, (i + 1) * 10_000L + 110_000);
        }
        allowance.done();
        assertThat(saved()).isEqualTo(500_000);
    }

    @Test
    void aClockThatIsPutBackBringsNoSecondBudgetWithinADay() throws Exception {
        Allowance allowance = allowance(Windows.ALWAYS, 0, 1_000);
        allowance.check("blobs/a");
        assertThatThrownBy(() -> allowance.took("blobs/a", 1_000)).isInstanceOf(NotYetException.class);

        now = now.minus(Duration.ofDays(400));
        assertThatThrownBy(() -> allowance.check("blobs/a")).isInstanceOf(NotYetException.class);
        nanos += Duration.ofDays(1).toNanos();
        allowance.check("blobs/a");
    }

    @Test
    void aCountThatCannotBeReadIsAsGoodAsUsedUpUntilTheNextDay() throws Exception {
        Files.writeString(folder.resolve("fetched.json"), "{");
        Allowance allowance = allowance(Windows.ALWAYS, 0, 1_000);
        assertThatThrownBy(() -> allowance.check("blobs/a")).isInstanceOf(NotYetException.class);
        now = now.plus(Duration.ofDays(1));
        allowance.check("blobs/a");
    }

    @Test
    void aCountThatCannotBeSavedStopsFetching() {
        Allowance allowance = Allowance.of(
                Windows.ALWAYS, 0, 1_000, folder.resolve("none/fetched.json"), clock(), () -> nanos, waits::add);
        assertThatThrownBy(() -> allowance.took("blobs/a", 1))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("cannot be saved");
    }

    private long saved() throws IOException {
        return Long.parseLong(
                Files.readString(folder.resolve("fetched.json")).replaceAll("(?s).*\"bytes\" : (\\d+).*", "$1"));
    }

    private byte[] bytes(Allowance allowance, String path) throws Exception {
        return Fetcher.of(List.of(server.uri()), LIMITS, allowance).bytes(path, 1 << 20);
    }

    private Allowance allowance(Windows windows, long bytesPerSecond, long bytesPerDay) {
        return Allowance.of(
                windows, bytesPerSecond, bytesPerDay, folder.resolve("fetched.json"), clock(), () -> nanos, wait -> {
                    waits.add(wait);
                    nanos += wait.toNanos();
                    now = now.plus(wait);
                });
    }

    /** Shows what {@code now} is. */
    private Clock clock() {
        return new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
    }
}
