package dev.picket.ota.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
}
