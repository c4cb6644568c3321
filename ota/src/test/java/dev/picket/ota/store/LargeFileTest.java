package dev.picket.ota.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.fetch.WebServer;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files beyond 2 and 4 GiB: zeros to the last byte, which is 1. What lies here of them is sparse. */
class LargeFileTest {
    private static final long GIB = 1L << 30;
    private static final long MIB = 1L << 20;
    /** SHA-256 of 4 GiB + 1 MiB and of 2 GiB + 1 MiB of them, as sha256sum says. */
    private static final String OVER_FOUR = "b77c5ab943ff0fe5c9223ccd6a36a235278eb4779cbf21a229be311bb1fcd19d";

    private static final String OVER_TWO = "6ce331a13f2f73b983f490fc13a4dcd624e3d873df4891218fb627d7e1dccb15";

    @TempDir
    Path folder;

    private WebServer server;
    private Fetcher fetcher;
    private final AtomicLong sent = new AtomicLong();

    @BeforeEach
    void aServer() throws IOException {
        server = new WebServer();
        FetchLimits limits = new FetchLimits(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(5), 0);
        fetcher = Fetcher.of(server.uri(), limits);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void whatIsMissingBeyondFourGibibytesIsAskedForByItsPlace() throws Exception {
        long length = 5 * GIB;
        server.instead.put("blobs/large", exchange -> serve(exchange, length, (byte) 1));
        List<Long> begun = new ArrayList<>();
        ByteBuffer came = ByteBuffer.allocate(16);
        fetcher.fetch("blobs/large", length - 3, length, new Fetcher.Body() {
            @Override
            public void begin(long from) {
                begun.add(from);
            }

            @Override
            public void take(byte[] bytes, int count) {
                came.put(bytes, 0, count);
            }
        });
        assertThat(begun).containsExactly(length - 3);
        assertThat(came.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {0, 0, 1}));
        assertThat(server.asked).containsExactly("blobs/large bytes=" + (length - 3) + "-");
    }

    @Test
    @Tag("long")
    void aFileOfMoreThanFourGibibytesIsContinuedAndVerified() throws Exception {
        long length = 4 * GIB + MIB;
        ReleaseFile file = new ReleaseFile("model.onnx.data", length, OVER_FOUR);
        server.instead.put("blobs/" + OVER_FOUR, exchange -> serve(exchange, length, (byte) 1));
        FileStore store = store();
        sparse(OVER_FOUR, 4 * GIB);

        store.fetch(set(file), bytes -> {});

        assertThat(blob(OVER_FOUR)).hasSize(length);
        assertThat(sent).hasValue(MIB);
    }

    @Test
    @Tag("long")
    void aFileWhoseFirstTwoGibibytesMatchIsThrownAwayOnceAndRefused() throws Exception {
        long length = 2 * GIB + MIB;
        ReleaseFile file = new ReleaseFile("model.onnx.data", length, OVER_TWO);
        server.instead.put("blobs/" + OVER_TWO, exchange -> serve(exchange, length, (byte) 2));
        FileStore store = store();
        sparse(OVER_TWO, 2 * GIB);

        assertThatThrownBy(() -> store.fetch(set(file), bytes -> {}))
                .isInstanceOfSatisfying(
                        RejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TAMPERED));

        assertThat(store.fetching().thrownAway()).isEqualTo(2);
        assertThat(sent).hasValue(MIB + length);
        assertThat(folder.resolve("blobs")).isEmptyDirectory();
    }

    private void serve(HttpExchange exchange, long length, byte last) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        long from = range == null ? 0 : Long.parseLong(range.replaceAll("[^0-9]", ""));
        if (from > 0) {
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (length - 1) + "/" + length);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, length - from);
        byte[] zeros = new byte[1 << 16];
        for (long at = from; at < length - 1; ) {
            int n = (int) Math.min(zeros.length, length - 1 - at);
            exchange.getResponseBody().write(zeros, 0, n);
            at += n;
        }
        exchange.getResponseBody().write(last);
        sent.addAndGet(length - from);
    }

    private FileStore store() throws IOException {
        Retry once = new Retry(1, Duration.ofMillis(1), Duration.ofMillis(1), _ -> {});
        FileStore store = new FileStore(folder, fetcher, once, 0);
        store.open();
        return store;
    }

    /** A download of that many zeros, as far as anybody who reads it can tell. */
    private void sparse(String sha256, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(
                folder.resolve("blobs/" + sha256 + ".part"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), length - 1);
        }
    }

    private Path blob(String sha256) {
        return folder.resolve("blobs").resolve(sha256);
    }

    private static InstalledSet set(ReleaseFile file) {
        Release base = new Release(
                Kind.BASE, "large", "1", 1, file.sha256(), Optional.empty(), "0.1.0", file.length(), List.of(file));
        return new InstalledSet("factory", 1, file.sha256(), base, List.of());
    }
}
