package dev.picket.ota.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MirrorsTest {
    private static final FetchLimits LIMITS =
            new FetchLimits(Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ofSeconds(20), 0);

    private WebServer first;
    private WebServer second;
    private Fetcher mirrors;
    private long nanos;

    @BeforeEach
    void twoServersWithTheSameFile() throws IOException {
        first = new WebServer();
        second = new WebServer();
        for (WebServer each : List.of(first, second)) {
            each.files.put("blobs/a", "content".getBytes(StandardCharsets.UTF_8));
        }
        mirrors = new Mirrors(
                List.of(Fetcher.of(first.uri(), LIMITS), Fetcher.of(second.uri(), LIMITS)),
                Duration.ofMinutes(1),
                Duration.ofMinutes(4),
                () -> nanos);
    }

    @AfterEach
    void close() {
        first.close();
        second.close();
    }

    @Test
    void theFirstIsAskedWhileItAnswers() throws Exception {
        assertThat(mirrors.bytes("blobs/a", 7)).asString().isEqualTo("content");
        assertThat(second.asked).isEmpty();
        assertThat(mirrors.place()).isEqualTo(first.uri().getAuthority());
    }

    @Test
    void oneThatFailsRestsAndIsAskedAgainAfterwards() throws Exception {
        assertThatThrownBy(() -> mirrors.bytes("busy", 7)).isInstanceOf(UnavailableException.class);
        first.asked.clear();
        second.asked.clear();

        // Both rest, the first for longer by now: the one that is due first is asked.
        nanos += 1;
        assertThat(mirrors.bytes("blobs/a", 7)).asString().isEqualTo("content");
        assertThat(first.asked).hasSize(1);
        nanos += Duration.ofMinutes(1).toNanos();
        assertThat(mirrors.bytes("blobs/a", 7)).asString().isEqualTo("content");
        assertThat(first.asked).hasSize(2);
        assertThat(second.asked).isEmpty();
    }

    @Test
    void aServerThatIsGoneIsPassedOverAtOnceAndRestsTwiceAsLongEachTime() throws Exception {
        String gone = first.uri().getAuthority();
        first.close();
        assertThat(mirrors.bytes("blobs/a", 7)).asString().isEqualTo("content");
        assertThat(mirrors.place()).isEqualTo(second.uri().getAuthority()).isNotEqualTo(gone);
        assertThat(second.asked).hasSize(1);
        mirrors.bytes("blobs/a", 7);
        assertThat(second.asked).hasSize(2);
    }

    @Test
    void whatIsMissingAtOneIsAskedOfTheNextAndIsMissingOnlyWhereAllSaySo() throws Exception {
        first.files.remove("blobs/a");
        assertThat(mirrors.bytes("blobs/a", 7)).asString().isEqualTo("content");
        second.files.remove("blobs/a");
        assertThatThrownBy(() -> mirrors.bytes("blobs/a", 7))
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MISSING));
    }

    @Test
    void aFileMayStillComeWhileOnePlaceIsDownButMetadataThatAreNotThereAreNotThere() {
        first.files.remove("blobs/a");
        second.close();
        assertThatThrownBy(() -> mirrors.bytes("blobs/a", 7)).isInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> mirrors.bytes("metadata/2.root.json", 7)).isInstanceOf(RejectedException.class);
    }

    @Test
    void bytesThatDoNotVerifyComeFromElsewhereAndTheBadPlaceRests() throws Exception {
        first.files.put("blobs/a", "tampered".getBytes(StandardCharsets.UTF_8));
        Fetcher.Check check = bytes -> {
            if (!new String(bytes, StandardCharsets.UTF_8).equals("content")) {
                throw new RejectedException(Reason.TAMPERED, "Not what is signed.");
            }
        };
        assertThat(mirrors.bytes("blobs/a", 100, check)).asString().isEqualTo("content");
        assertThat(first.asked).hasSize(1);
        mirrors.bytes("blobs/a", 100, check);
        assertThat(first.asked).hasSize(1);

        second.files.put("blobs/a", "tampered".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> mirrors.bytes("blobs/a", 100, check))
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TAMPERED));
    }

    @Test
    void aServerThatNamesATimeIsNotAskedBeforeItThoughAllRest() throws Exception {
        first.retryAfter = "600";
        second.close();
        assertThatThrownBy(() -> mirrors.bytes("busy", 7)).isInstanceOf(UnavailableException.class);
        first.asked.clear();

        assertThatThrownBy(() -> mirrors.bytes("blobs/a", 7)).isInstanceOf(UnavailableException.class);
        assertThat(first.asked).isEmpty();
        nanos += Duration.ofMinutes(10).toNanos() + 1;
        assertThat(mirrors.bytes("blobs/a", 7)).asString().isEqualTo("content");
    }
}
