package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.WebServer;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.Release;
import dev.picket.ota.store.FileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One byte changed anywhere in any file that an update reads: the update is refused, or what was changed means nothing (a
 * space between two fields, a signature more than are needed), and never does a changed byte of a file reach a Set.
 */
class ChangedByteTest {
    private static final FetchLimits LIMITS =
            new FetchLimits(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(20), 0);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void aSampleOfChangedBytesIsRefused() throws Exception {
        changeBytes(40, 1);
    }

    @Test
    @Tag("long")
    void fiveHundredChangedBytesAreRefused() throws Exception {
        changeBytes(500, 2);
    }

    private void changeBytes(int cases, long seed) throws Exception {
        Shop shop = new Shop(folder.resolve("shop"));
        Release base = shop.base("small", "model one");
        shop.task("fraud", base.digest(), "exam one");
        shop.release("small", "fraud");
        try (WebServer server = new WebServer()) {
            server.serve(shop.served());
            Gateway gateway = new Gateway(folder.resolve("gateway"), shop.root(), Fetcher.of(server.uri(), LIMITS));
            gateway.run();
            Release second = shop.base("small", "model two");
            shop.task("fraud", second.digest(), "exam two");
            shop.release("small", "fraud");
            server.serve(shop.served());
            List<String> read = filesThatAnUpdateReads(server, shop);

            Random random = new Random(seed);
            int refused = 0;
            for (int i = 0; i < cases; i++) {
                String file = read.get(i % read.size());
                byte[] good = server.files.getOrDefault(file, new byte[0]);
                byte[] bad = good.clone();
                int at = random.nextInt(bad.length);
                bad[at] ^= (byte) (1 + random.nextInt(255));
                server.files.put(file, bad);
                String what = "byte " + at + " of " + file;
                if (isRefused(gateway, what)) {
                    refused++;
                } else {
                    assertThat(meansTheSame(file, good, bad)).as(what).isTrue();
                    gateway = new Gateway(folder.resolve("gateway-" + i), shop.root(), gateway.fetcher);
                }
                server.files.put(file, good);
            }
            assertThat(refused).isGreaterThan(cases * 8 / 10);
            assertThat(gateway.run().active()).contains("factory/2");
        }
    }

    /** What a new gateway asks for, but for what is not there. */
    private List<String> filesThatAnUpdateReads(WebServer server, Shop shop) throws Exception {
        server.asked.clear();
        new Gateway(folder.resolve("other"), shop.root(), Fetcher.of(server.uri(), LIMITS)).run();
        List<String> read = new ArrayList<>(new TreeMap<>(server.files).keySet());
        read.retainAll(server.asked);
        assertThat(read).hasSizeGreaterThan(9);
        return read;
    }

    private static boolean isRefused(Gateway gateway, String what) throws Exception {
        // As on a new device: what was trusted or known to be bad before would keep the file from being read at all.
        AtomicFiles.removeTree(gateway.folder.resolve("metadata"));
        AtomicFiles.remove(gateway.folder.resolve("spoilt.json"));
        InstalledSet active = gateway.saved().active();
        String before = active == null ? "nothing" : active.label();
        FileStore store = new FileStore(gateway.folder, gateway.fetcher, Gateway.TWICE, 0);
        store.open();
        store.keepOnly(active == null ? List.of() : List.of(active));
        UpdateStatus status = gateway.run();
        InstalledOnDisk.check(gateway);
        if (status.active().equals(Optional.of("factory/2"))) {
            assertSet(gateway, "factory-2", "model two", "exam two");
            return false;
        }
        Ended last = status.last().orElseThrow();
        assertThat(last.step()).as(what).isEqualTo(Step.REJECTED);
        assertThat(last.reason()).as(what).isPresent();
        assertThat(status.active().orElse("nothing")).as(what).isEqualTo(before);
        if (before.equals("factory/1")) {
            assertThat(gateway.trial.serving).as(what).isEqualTo("factory/1");
            assertSet(gateway, "factory-1", "model one", "exam one");
        }
        return true;
    }

    private static void assertSet(Gateway gateway, String set, String model, String exam) throws IOException {
        Path laid = gateway.set(set);
        assertThat(Files.readString(laid.resolve("base/model.onnx"))).isEqualTo(model);
        assertThat(Files.readString(laid.resolve("tasks/fraud/exam.jsonl"))).isEqualTo(exam);
    }

    /** Metadata alone may change without meaning: spaces, and signatures beyond those that are needed. */
    private static boolean meansTheSame(String file, byte[] good, byte[] bad) throws IOException {
        JsonNode a = JSON.readTree(good);
        JsonNode b = JSON.readTree(bad);
        return file.startsWith("metadata/") && a.path("signed").equals(b.path("signed"));
    }
}
