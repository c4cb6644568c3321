package dev.picket.ota.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpFetcherTest {
    private static final FetchLimits SHORT =
            new FetchLimits(Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ofSeconds(20), 2);

    private WebServer server;
    private Fetcher fetcher;

    @BeforeEach
    void aServerWithOneFile() throws IOException {
        server = new WebServer();
        server.files.put("file", "content".getBytes(StandardCharsets.UTF_8));
        fetcher = Fetcher.of(server.uri(), SHORT);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aFileComesAndARedirectOnTheSameHostIsFollowed() throws Exception {
        assertThat(fetcher.bytes("file", 7)).asString().isEqualTo("content");
        assertThat(fetcher.bytes("moved", 7)).asString().isEqualTo("content");
    }

    @Test
    void aFileThatIsMissingForbiddenOrElsewhereIsGivenUp() {
        for (String path : List.of("nothing", "forbidden", "elsewhere", "nowhere", "circle")) {
            assertThatThrownBy(() -> fetcher.bytes(path, 100))
                    .isInstanceOfSatisfying(
                            RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISSING));
        }
        assertThat(server.asked).filteredOn("file"::equals).isEmpty();
    }

    @Test
    void aBusyOrHangingServerIsUnavailable() {
        for (String path : List.of("busy", "hang")) {
            assertThatThrownBy(() -> fetcher.bytes(path, 100)).isInstanceOf(UnavailableException.class);
        }
    }

    @Test
    void anEndlessAnswerIsCutAtItsLimit() {
        assertThatThrownBy(() -> fetcher.bytes("endless", 100_000))
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE));
        assertThatThrownBy(() -> fetcher.bytes("file", 6)).isInstanceOf(RejectedException.class);
    }

    @Test
    void aServerThatIsNotThereIsUnavailable() {
        server.close();
        assertThatThrownBy(() -> fetcher.bytes("file", 100))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("127.0.0.1");
    }

    @Test
    void retryingWaitsLongerEachTimeAndGivesUp() {
        List<Duration> waits = new ArrayList<>();
        Retry retry = new Retry(5, Duration.ofMillis(100), Duration.ofMillis(300), waits::add);

        assertThatThrownBy(() -> retry.call(() -> fetcher.bytes("busy", 10))).isInstanceOf(UnavailableException.class);

        assertThat(server.asked).hasSize(5);
        assertThat(waits).hasSize(4);
        assertThat(waits.get(0)).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
        assertThat(waits.get(3)).isBetween(Duration.ofMillis(150), Duration.ofMillis(300));
    }

    @Test
    void anAnswerWhoseHeadNeverEndsIsBrokenOff() {
        FetchLimits limits = limits(Duration.ofMillis(200), 0);
        Fetcher dripping = Fetcher.of(server.dripping(), limits);

        assertThatThrownBy(() -> dripping.bytes("file", 100))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("no whole answer");
    }

    @Test
    void aBodyThatTricklesIsBrokenOffThoughEachByteComesInTime() {
        Fetcher slow = Fetcher.of(server.uri(), limits(Duration.ofSeconds(5), 1_000_000));

        assertThatThrownBy(() -> slow.bytes("trickle", 100_000))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("slower");
    }

    @Test
    void aBodyThatNeverStopsTricklingIsBrokenOffAtTheTimeForAWholeFile() {
        FetchLimits limits = new FetchLimits(
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofSeconds(5),
                Duration.ofMillis(200),
                0,
                0,
                Duration.ofMinutes(1));

        assertThatThrownBy(() -> Fetcher.of(server.uri(), limits).bytes("trickle", 100_000))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("too long");
    }

    @Test
    void theTimeThatABusyServerNamesIsKeptToAndNotForLongerThanAnHour() {
        server.retryAfter = "20";
        List<Duration> waits = new ArrayList<>();
        Retry retry = new Retry(2, Duration.ofMillis(100), Duration.ofSeconds(30), waits::add);
        assertThatThrownBy(() -> retry.call(() -> fetcher.bytes("busy", 10))).isInstanceOf(NotYetException.class);
        assertThat(waits).containsExactly(Duration.ofSeconds(20));

        waits.clear();
        server.retryAfter = "999999";
        assertThatThrownBy(() -> retry.call(() -> fetcher.bytes("busy", 10)))
                .isInstanceOfSatisfying(
                        NotYetException.class, e -> assertThat(e.after()).isEqualTo(Duration.ofHours(1)));
        assertThat(waits).isEmpty();
    }

    @Test
    void aDateUnderRetryAfterIsHeldAgainstTheServersOwnClock() {
        String now = "Sat, 21 Nov 2026 10:00:00 GMT";
        assertThat(Statuses.retryAfter("Sat, 21 Nov 2026 10:00:09 GMT", now)).contains(Duration.ofSeconds(9));
        assertThat(Statuses.retryAfter("Fri, 20 Nov 2026 10:00:00 GMT", now)).contains(Duration.ZERO);
        assertThat(Statuses.retryAfter("soon", now)).isEmpty();
        assertThat(Statuses.retryAfter("Sat, 21 Nov 2026 10:00:09 GMT", null)).isEmpty();
        assertThat(Statuses.retryAfter("-1", now)).isEmpty();
    }

    @Test
    void whatAServerWithoutRangesSendsAgainIsReadPast() throws Exception {
        server.ranges = false;
        Taken taken = new Taken();
        fetcher.fetch("file", 4, 7, taken);

        assertThat(taken.from).isEqualTo(4);
        assertThat(taken.bytes.toString(StandardCharsets.UTF_8)).isEqualTo("ent");
    }

    @Test
    void aFileThatIsShorterThanWhatIsHereIsUnavailableAndNothingIsBegun() {
        Taken taken = new Taken();
        assertThatThrownBy(() -> fetcher.fetch("file", 7, 100, taken)).isInstanceOf(UnavailableException.class);
        assertThat(taken.from).isEqualTo(-1);
    }

    @Test
    void anInterruptEndsAFetch() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> fetcher.bytes("endless", 1 << 30)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aProgressThatIsWorthItCountsTheAttemptsAnew() {
        Retry retry = new Retry(2, Duration.ofMillis(1), Duration.ofMillis(1), wait -> {});
        AtomicLong came = new AtomicLong();
        AtomicInteger calls = new AtomicInteger();

        assertThatThrownBy(() -> retry.call(
                        () -> {
                            if (calls.incrementAndGet() <= 5) {
                                came.addAndGet(1 << 20);
                            }
                            throw new UnavailableException("Broken off.");
                        },
                        came::get))
                .isInstanceOf(UnavailableException.class);
        assertThat(calls).hasValue(7);
    }

    private static FetchLimits limits(Duration answer, long minBytesPerSecond) {
        return new FetchLimits(
                Duration.ofMillis(50),
                Duration.ofSeconds(5),
                answer,
                Duration.ofSeconds(20),
                0,
                minBytesPerSecond,
                Duration.ofMillis(100));
    }

    /** Keeps what comes. */
    private static final class Taken implements Fetcher.Body {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private long from = -1;

        @Override
        public void begin(long at) {
            from = at;
        }

        @Override
        public void take(byte[] some, int length) {
            bytes.write(some, 0, length);
        }
    }
}
