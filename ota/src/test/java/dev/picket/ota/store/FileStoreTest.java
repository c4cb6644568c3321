package dev.picket.ota.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.ota.Hashes;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.fetch.WebServer;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest {
    private static final FetchLimits LIMITS =
            new FetchLimits(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(20), 0);

    @TempDir
    Path folder;

    private WebServer server;
    private byte[] model;
    private InstalledSet set;

    @BeforeEach
    void aServerWithOneBase() throws Exception {
        server = new WebServer();
        model = new byte[200_000];
        new Random(1).nextBytes(model);
        server.files.put("blobs/" + Hashes.sha256(model), model);
        ReleaseFile file = new ReleaseFile("model.onnx", model.length, Hashes.sha256(model));
        Release base = new Release(
                Kind.BASE,
                "small",
                "1",
                1,
                Hashes.sha256(model),
                Optional.empty(),
                "0.1.0",
                model.length,
                List.of(file));
        set = new InstalledSet("factory", 1, Hashes.sha256(model), base, List.of());
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aDownloadThatBreaksOffIsContinuedWhereItEnded() throws Exception {
        server.cuts.set(2);
        server.cutAfter = 70_000;
        FileStore store = store(5, 0);
        store.fetch(set, bytes -> {});

        assertThat(blob()).hasBinaryContent(model);
        assertThat(server.asked).hasSize(3).element(1).asString().contains("bytes=");
        assertThat(folder.resolve("blobs/" + Hashes.sha256(model) + ".part")).doesNotExist();
    }

    @Test
    void aServerWithoutRangesSendsTheWholeFileAgain() throws Exception {
        server.ranges = false;
        server.cuts.set(1);
        server.cutAfter = 70_000;
        store(5, 0).fetch(set, bytes -> {});

        assertThat(blob()).hasBinaryContent(model);
    }

    @Test
    void whatWasTornBeforeARestartIsContinuedAfterIt() throws Exception {
        server.cuts.set(1);
        server.cutAfter = 70_000;
        assertThatThrownBy(() -> store(1, 0).fetch(set, bytes -> {})).isInstanceOf(UnavailableException.class);
        assertThat(blob()).doesNotExist();

        store(1, 0).fetch(set, bytes -> {});

        assertThat(blob()).hasBinaryContent(model);
        assertThat(server.asked.getLast()).contains("bytes=");
    }

    @Test
    void whatIsThereIsNotFetchedAgainButWhatRottedIs() throws Exception {
        FileStore store = store(1, 0);
        store.fetch(set, bytes -> {});
        store.fetch(set, bytes -> {});
        assertThat(server.asked).hasSize(1);

        byte[] rotten = model.clone();
        rotten[5] ^= 1;
        Files.write(blob(), rotten);
        store.fetch(set, bytes -> {});

        assertThat(server.asked).hasSize(2);
        assertThat(blob()).hasBinaryContent(model);
    }

    @Test
    void aTornFileOfOtherBytesIsRefusedAndTheNextFetchBeginsAnew() throws Exception {
        store(1, 0);
        Files.write(folder.resolve("blobs/" + Hashes.sha256(model) + ".part"), new byte[1000]);

        assertThatThrownBy(() -> store(1, 0).fetch(set, bytes -> {}))
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TAMPERED));
        store(1, 0).fetch(set, bytes -> {});
        assertThat(blob()).hasBinaryContent(model);
    }

    @Test
    void aSetThatDoesNotFitOnTheDiskWaitsAndNothingIsFetched() throws Exception {
        FileStore store = store(1, Long.MAX_VALUE / 2);

        assertThatThrownBy(() -> store.fetch(set, bytes -> {}))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("200000 bytes more");
        assertThat(server.asked).isEmpty();
    }

    private Path blob() {
        return folder.resolve("blobs/" + Hashes.sha256(model));
    }

    private FileStore store(int attempts, long spareBytes) throws Exception {
        Retry retry = new Retry(attempts, Duration.ofMillis(2), Duration.ofMillis(2), wait -> {});
        FileStore store = new FileStore(folder, Fetcher.of(server.uri(), LIMITS), retry, spareBytes);
        store.open();
        return store;
    }
}
