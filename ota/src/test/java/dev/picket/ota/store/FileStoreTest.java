package dev.picket.ota.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.ota.Hashes;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.Allowance;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
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
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");

    @BeforeEach
    void aServerWithOneBase() throws Exception {
        server = new WebServer();
        model = new byte[200_000];
        new Random(1).nextBytes(model);
        server.files.put("blobs/" + Hashes.sha256(model), model);
        set = set(model);
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
    void piecesThatDoNotFitAreThrownAwayOnceAndCounted() throws Exception {
        FileStore store = store(1, 0);
        Files.write(part(), new byte[1000]);

        store.fetch(set, bytes -> {});

        assertThat(blob()).hasBinaryContent(model);
        assertThat(server.asked).hasSize(2).element(0).asString().contains("bytes=1000-");
        assertThat(store.fetching().thrownAway()).isEqualTo(1);
    }

    @Test
    void aFileWhoseFirstPartFitsAndTheRestDoesNotIsFetchedAnewOnceAndThenRefused() throws Exception {
        FileStore store = store(1, 0);
        Files.write(part(), Arrays.copyOf(model, 150_000));
        byte[] bad = model.clone();
        bad[199_999] ^= 1;
        server.files.put(address(), bad);

        refused(store, Reason.TAMPERED);

        assertThat(server.asked).hasSize(2);
        assertThat(server.sent).hasValue(50_000 + 200_000);
        assertThat(part()).doesNotExist();
        assertThat(blob()).doesNotExist();
        assertThat(store.fetching().thrownAway()).isEqualTo(2);
    }

    @Test
    void aBadFileIsAskedForAgainAtOnceThenAfterAnHourThenAfterTwo() throws Exception {
        byte[] bad = new byte[model.length];
        server.files.put(address(), bad);
        refused(store(1, 0), Reason.TAMPERED);
        refused(store(1, 0), Reason.TAMPERED);
        assertThat(server.asked).hasSize(2);

        now = now.plus(Duration.ofMinutes(59));
        refused(store(1, 0), Reason.TAMPERED);
        assertThat(server.asked).hasSize(2);
        now = now.plus(Duration.ofMinutes(1));
        refused(store(1, 0), Reason.TAMPERED);
        assertThat(server.asked).hasSize(3);
        now = now.plus(Duration.ofMinutes(119));
        refused(store(1, 0), Reason.TAMPERED);
        assertThat(server.asked).hasSize(3);

        now = now.plus(Duration.ofMinutes(1));
        server.files.put(address(), model);
        store(1, 0).fetch(set, bytes -> {});
        assertThat(blob()).hasBinaryContent(model);
    }

    @Test
    void aFileThatIsMissingKeepsWhatCameOfItAndOneThatIsTooLongDoesNot() throws Exception {
        FileStore store = store(1, 0);
        Files.write(part(), Arrays.copyOf(model, 1000));
        server.files.remove(address());
        refused(store, Reason.MISSING);
        assertThat(part()).hasSize(1000);

        server.files.put(address(), Arrays.copyOf(model, 300_000));
        refused(store, Reason.TOO_LARGE);
        assertThat(part()).doesNotExist();
    }

    @Test
    void aBadMirrorIsLeftForTheNextOne() throws Exception {
        try (WebServer other = new WebServer()) {
            other.files.put(address(), model);
            server.files.put(address(), new byte[model.length]);
            Fetcher mirrors = Fetcher.of(List.of(server.uri(), other.uri()), LIMITS, Allowance.unlimited());
            FileStore store = new FileStore(folder, mirrors, retry(1), 0);
            store.open();
            store.fetch(set, bytes -> {});

            assertThat(blob()).hasBinaryContent(model);
            assertThat(other.asked).hasSize(1);
        }
    }

    @Test
    void aLargeFileOverABadLinkNeedsAsManyAttemptsAsItTakesAndIsBegunAtEachBreak() throws Exception {
        byte[] large = new byte[10 << 20];
        new Random(2).nextBytes(large);
        InstalledSet one = set(large);
        server.files.put("blobs/" + Hashes.sha256(large), large);
        server.cuts.set(6);
        server.cutAfter = (3 << 20) / 2;

        store(2, 0).fetch(one, bytes -> {});

        assertThat(folder.resolve("blobs/" + Hashes.sha256(large))).hasBinaryContent(large);
        assertThat(server.asked).hasSize(7);
        assertThat(server.asked.getLast()).endsWith("bytes=" + 6 * server.cutAfter + "-");
    }

    @Test
    void progressTellsBytesPlaceAndWhyItWaits() throws Exception {
        server.cuts.set(1);
        server.cutAfter = 70_000;
        FileStore store = store(1, 0);
        assertThat(store.fetching().isNothing()).isTrue();
        assertThatThrownBy(() -> store.fetch(set, bytes -> {})).isInstanceOf(UnavailableException.class);

        Fetching waiting = store.fetching();
        assertThat(waiting.set()).isEqualTo("factory/1");
        assertThat(waiting.bytes()).isEqualTo(70_000);
        assertThat(waiting.total()).isEqualTo(200_000);
        assertThat(waiting.place()).isEqualTo(server.uri().getAuthority());
        assertThat(waiting.waits()).isNotEmpty();

        List<Long> told = new ArrayList<>();
        FileStore restarted = store(1, 0);
        restarted.fetch(set, told::add);
        assertThat(told).contains(70_000L).endsWith(200_000L);
        assertThat(restarted.fetching().isNothing()).isTrue();
    }

    @Test
    void whatIsThereCountsWhenTheDiskIsLookedAt() throws Exception {
        FileStore tooMuch = store(1, Long.MAX_VALUE / 2);
        assertThatThrownBy(() -> tooMuch.fetch(set, bytes -> {})).hasMessageContaining("200000 bytes more");
        Files.write(part(), Arrays.copyOf(model, 150_000));
        assertThatThrownBy(() -> tooMuch.fetch(set, bytes -> {})).hasMessageContaining("50000 bytes more");
        store(1, 0).fetch(set, bytes -> {});
        tooMuch.fetch(set, bytes -> {});
    }

    @Test
    void onlyWhatSetsNameIsKeptAndDownloadsAge() throws Exception {
        FileStore store = store(1, 0);
        store.fetch(set, bytes -> {});
        SetFolder laid = store.materialise(set);
        byte[] other = new byte[10];
        InstalledSet next = set(other);
        Path old = folder.resolve("blobs/" + Hashes.sha256(other) + ".part");
        Files.write(old, new byte[5]);
        Files.write(folder.resolve("blobs/stray"), new byte[5]);
        Files.createDirectories(folder.resolve("sets/stray/base"));

        store.keepOnly(List.of(set, next));
        assertThat(old).exists();
        assertThat(folder.resolve("blobs/stray")).doesNotExist();
        assertThat(folder.resolve("sets/stray")).doesNotExist();
        assertThat(laid.base().resolve("model.onnx")).hasBinaryContent(model);

        now = Files.getLastModifiedTime(old).toInstant().plus(Duration.ofDays(15));
        store.keepOnly(List.of(set, next));
        assertThat(old).doesNotExist();
        assertThat(blob()).exists();
        store.keepOnly(List.of());
        assertThat(blob()).doesNotExist();
        assertThat(laid.folder()).doesNotExist();
    }

    @Test
    void aSetOfWhichALinkIsMissingIsNotWholeAndIsLaidOutAgain() throws Exception {
        FileStore store = store(1, 0);
        store.fetch(set, bytes -> {});
        SetFolder laid = store.materialise(set);
        Object made = Files.getLastModifiedTime(laid.folder());
        assertThat(store.isWhole(set)).isTrue();
        store.materialise(set);
        assertThat(Files.getLastModifiedTime(laid.folder())).isEqualTo(made);

        Files.delete(laid.base().resolve("model.onnx"));
        assertThat(store.isWhole(set)).isFalse();
        store.materialise(set);
        assertThat(store.isWhole(set)).isTrue();
        assertThat(folder.resolve("sets").toFile().list()).hasSize(1);
    }

    @Test
    void aSetThatDoesNotFitOnTheDiskWaitsAndNothingIsFetched() throws Exception {
        FileStore store = store(1, Long.MAX_VALUE / 2);

        assertThatThrownBy(() -> store.fetch(set, bytes -> {}))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("200000 bytes more");
        assertThat(server.asked).isEmpty();
    }

    private void refused(FileStore store, Reason reason) {
        assertThatThrownBy(() -> store.fetch(set, bytes -> {}))
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private String address() {
        return "blobs/" + Hashes.sha256(model);
    }

    private Path blob() {
        return folder.resolve(address());
    }

    private Path part() {
        return folder.resolve(address() + ".part");
    }

    private static Retry retry(int attempts) {
        return new Retry(attempts, Duration.ofMillis(2), Duration.ofMillis(2), wait -> {});
    }

    private FileStore store(int attempts, long spareBytes) throws Exception {
        FileStore store =
                new FileStore(folder, Fetcher.of(server.uri(), LIMITS), retry(attempts), spareBytes, () -> now);
        store.open();
        return store;
    }

    private static InstalledSet set(byte[] bytes) {
        ReleaseFile file = new ReleaseFile("model.onnx", bytes.length, Hashes.sha256(bytes));
        Release base = new Release(
                Kind.BASE,
                "small",
                "1",
                1,
                Hashes.sha256(bytes),
                Optional.empty(),
                "0.1.0",
                bytes.length,
                List.of(file));
        return new InstalledSet("factory", 1, Hashes.sha256(bytes), base, List.of());
    }
}
