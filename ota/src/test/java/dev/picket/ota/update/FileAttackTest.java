package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpHandler;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.WebServer;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseFile;
import dev.picket.ota.release.ReleaseLimits;
import dev.picket.ota.release.SetManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a server, a stick or a careless publisher can do with files: each is refused with its reason, the installed Set goes
 * on answering, and nothing more lies on the disk afterwards than whole files of the offered Set.
 */
class FileAttackTest {
    private static final FetchLimits LIMITS = new FetchLimits(
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            Duration.ofSeconds(20),
            2,
            1_000_000,
            Duration.ofMillis(100));

    @TempDir
    Path folder;

    private Shop shop;
    private Release base;
    private WebServer server;
    private Gateway gateway;

    @BeforeEach
    void aGatewayWithOneSetAndAnUpdateThatIsOffered() throws Exception {
        shop = new Shop(folder.resolve("shop"));
        base = shop.base("small", "model one");
        shop.task("fraud", base.digest(), "exam one");
        shop.release("small", "fraud");
        server = new WebServer();
        server.serve(shop.served());
        gateway = new Gateway(folder.resolve("gateway"), shop.root(), Fetcher.of(server.uri(), LIMITS));
        gateway.run();
        shop.task("fraud", base.digest(), "exam two, which is longer");
        shop.release("small", "fraud");
        server.serve(shop.served());
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aFileThatNeverEndsIsCutAtItsSignedLength() throws Exception {
        server.instead.put(address("exam.jsonl"), WebServer::pour);
        refused(Reason.TOO_LARGE);
    }

    @Test
    void aFileOfSignedLengthAndOtherBytesIsRefused() throws Exception {
        server.files.put(
                address("exam.jsonl"), new byte[(int) file("exam.jsonl").length()]);
        refused(Reason.TAMPERED);
    }

    @Test
    void aFileThatEndsBeforeItsSignedLengthIsRefused() throws Exception {
        server.files.put(address("exam.jsonl"), "exam two".getBytes(StandardCharsets.UTF_8));
        refused(Reason.TAMPERED);
    }

    @Test
    void aFileThatIsForbiddenOrGoneIsMissing() throws Exception {
        server.files.remove(address("exam.jsonl"));
        refused(Reason.MISSING);
        server.instead.put(address("exam.jsonl"), exchange -> exchange.sendResponseHeaders(403, -1));
        refused(Reason.MISSING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:1/repo/file",
                "https://127.0.0.1/repo/file",
                "file:///etc/passwd",
                "jar:file:///x!/y",
                "//other.example/file",
                "http://[no address"
            })
    void aRedirectToAnywhereElseIsNotFollowed(String to) throws Exception {
        server.instead.put(address("exam.jsonl"), exchange -> WebServer.redirect(exchange, to));
        refused(Reason.MISSING);
    }

    @Test
    void redirectsThatGoInACircleAreFollowedTwice() throws Exception {
        String path = address("exam.jsonl");
        server.instead.put(path, exchange -> WebServer.redirect(exchange, "/repo/" + path));
        server.asked.clear();
        refused(Reason.MISSING);
        assertThat(server.asked).filteredOn(path::equals).hasSize(3);
    }

    @Test
    void aServerThatTricklesIsBrokenOffAndTheOldSetAnswers() throws Exception {
        HttpHandler slow = server::trickle;
        server.instead.put(address("exam.jsonl"), slow);
        Updater updater = gateway.start();
        updater.resume();
        assertThatThrownBy(updater::poll)
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("slower");
        oldSetAnswers();
        server.instead.clear();
        assertThat(gateway.run().active()).contains("factory/2");
    }

    @Test
    void aServerThatIsBusyOrBreaksOffAtEachByteCostsNothingButTime() throws Exception {
        HttpHandler busy = exchange -> exchange.sendResponseHeaders(503, -1);
        server.instead.put(address("exam.jsonl"), busy);
        assertThatThrownBy(gateway::run).isInstanceOf(UnavailableException.class);
        oldSetAnswers();
        server.instead.clear();
        server.cuts.set(Integer.MAX_VALUE);
        server.cutAfter = 1_000_000;
        assertThat(gateway.run().active()).contains("factory/2");
    }

    static Stream<String> namesThatAreNoNames() {
        return Stream.of(
                "../climbed",
                "../../../../climbed",
                "/etc/climbed",
                "a/b",
                "a\\\\b",
                "..",
                ".",
                ".hidden",
                "",
                "C:\\\\climbed",
                "%2e%2e%2fclimbed",
                "a\\u0000b",
                "a\\nb",
                "\\u202Egnp.exe",
                "ｅxam.jsonl",
                "x".repeat(10_000),
                "EXAM.JSONL",
                "exam.jsonl");
    }

    @ParameterizedTest
    @MethodSource("namesThatAreNoNames")
    void aNameThatIsNoPlainOneOrClashesIsRefused(String name) throws Exception {
        slipTask(task -> {
            ObjectNode file = task.withArray("files").addObject();
            file.setAll((ObjectNode) task.withArray("files").get(0));
            file.put("name", decoded(name));
            task.put(
                    "bytes",
                    task.path("bytes").longValue() + file.path("length").longValue());
        });
        refused(Reason.MALFORMED);
        try (Stream<Path> all = Files.walk(folder)) {
            assertThat(all).noneMatch(each -> each.getFileName().toString().contains("climbed"));
        }
    }

    @Test
    void aManifestOfAMillionEntriesIsNotEvenFetched() throws Exception {
        slipTask(task -> {
            for (int i = 0; i < 1_000_000; i++) {
                task.withArray("files").addObject();
            }
        });
        server.asked.clear();
        refused(Reason.TOO_LARGE);
        assertThat(server.asked).noneMatch(each -> each.contains("releases/task"));
    }

    @Test
    void aManifestOfMoreFilesThanAllowedIsRefusedThoughItIsSmall() throws Exception {
        slipTask(task -> {
            for (int i = 0; i < 2_000; i++) {
                task.withArray("files")
                        .addObject()
                        .put("name", "f" + i)
                        .put("length", 0)
                        .put("sha256", "0".repeat(64));
            }
        });
        refused(Reason.MALFORMED);
    }

    @Test
    void aRightHashOverAWrongLengthIsRefused() throws Exception {
        for (int wrong : new int[] {-1, 1, 1_000_000}) {
            slipTask(task -> {
                ObjectNode exam = (ObjectNode) task.withArray("files").get(1);
                exam.put("length", exam.path("length").longValue() + wrong);
                task.put("bytes", task.path("bytes").longValue() + wrong);
            });
            refused(wrong < 0 ? Reason.TOO_LARGE : Reason.TAMPERED);
        }
    }

    @Test
    void aLengthBelowZeroOrASumThatOverflowsIsMalformed() throws Exception {
        for (long length : new long[] {-1, Long.MAX_VALUE, 9L << 30}) {
            slipTask(task -> ((ObjectNode) task.withArray("files").get(1)).put("length", length));
            refused(Reason.MALFORMED);
        }
    }

    @Test
    void aSignedLengthThatIsNotTheManifestsIsRefused() throws Exception {
        Path served = shop.served();
        String manifest = path(served, "releases/task/fraud", ".2.json");
        byte[] bytes = Files.readAllBytes(served.resolve(manifest));
        server.files.put(manifest, Arrays.copyOf(bytes, bytes.length + 1));
        refused(Reason.TOO_LARGE);
        server.files.put(manifest, Arrays.copyOf(bytes, bytes.length - 1));
        refused(Reason.TAMPERED);
    }

    @Test
    void aStickWhoseFilesAreLinksOutOfItGivesNothingAway() throws Exception {
        Path stick = shop.served();
        Path outside = Files.move(stick.resolve(address("exam.jsonl")), folder.resolve("outside"));
        gateway.fetcher = Fetcher.of(stick.toUri(), LIMITS);
        Files.createSymbolicLink(stick.resolve(address("exam.jsonl")), outside);
        refused(Reason.MISSING);

        Files.delete(stick.resolve(address("exam.jsonl")));
        Files.createSymbolicLink(stick.resolve(address("exam.jsonl")), stick.resolve(address("exam.jsonl")));
        refused(Reason.MISSING);

        Files.delete(stick.resolve(address("exam.jsonl")));
        Files.createDirectory(stick.resolve(address("exam.jsonl")));
        refused(Reason.MISSING);

        Files.move(stick.resolve("blobs"), folder.resolve("blobs-outside"));
        Files.createSymbolicLink(stick.resolve("blobs"), folder.resolve("blobs-outside"));
        refused(Reason.MISSING);
    }

    @Test
    void aStickWithOneByteChangedIsRefusedAndReadAgainAtOnceWhenItIsMended() throws Exception {
        Path stick = shop.served();
        Path exam = stick.resolve(address("exam.jsonl"));
        byte[] good = Files.readAllBytes(exam);
        gateway.fetcher = Fetcher.of(stick.toUri(), LIMITS);
        for (int i = 0; i < 3; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 1;
            Files.write(exam, bad);
            refused(Reason.TAMPERED);
        }
        Files.write(exam, good);
        assertThat(gateway.run().active()).contains("factory/2");
    }

    private void refused(Reason reason) throws Exception {
        UpdateStatus status = gateway.run();
        Ended last = status.last().orElseThrow();
        assertThat(last.step()).isEqualTo(Step.REJECTED);
        assertThat(last.reason()).as(last.sentence()).contains(reason);
        assertThat(last.sentence()).hasSizeLessThan(2_000);
        oldSetAnswers();
    }

    private void oldSetAnswers() throws IOException {
        assertThat(gateway.trial.serving).isEqualTo("factory/1");
        Path set = gateway.set("factory-1");
        assertThat(set.resolve("base/model.onnx")).hasContent("model one");
        assertThat(set.resolve("tasks/fraud/exam.jsonl")).hasContent("exam one");
        assertThat(gateway.sets()).containsExactly("factory-1");
        InstalledOnDisk.check(gateway);
        assertThat(new TreeSet<>(gateway.names("")))
                .isSubsetOf("blobs", "metadata", "sets", "spoilt.json", "update-state.json");
    }

    private void slipTask(Consumer<ObjectNode> how) throws RejectedException, IOException {
        Release task = task();
        ObjectNode json = task.toJson();
        json.put("counter", 9);
        how.accept(json);
        String path = "releases/task/fraud/9.json";
        shop.slip(path, StrictJson.pretty(json));
        SetManifest set = new SetManifest(
                "factory",
                9,
                new SetManifest.Member(base.path(), base.digest()),
                List.of(new SetManifest.Member(path, task.digest())));
        shop.slip(set.path(), StrictJson.pretty(set.toJson()));
        shop.repository().pointChannel("stable", set.path());
        shop.publish(Shop.NOW);
        server.serve(shop.served());
    }

    private Release task() throws RejectedException, IOException {
        Path file = shop.served().resolve(path(shop.served(), "releases/task/fraud", ".2.json"));
        return Release.parse("releases/task/fraud/2.json", Files.readAllBytes(file), ReleaseLimits.DEFAULT);
    }

    private ReleaseFile file(String name) throws RejectedException, IOException {
        return task().files().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private String address(String name) throws RejectedException, IOException {
        return "blobs/" + file(name).sha256();
    }

    private static String path(Path served, String under, String end) throws IOException {
        try (Stream<Path> all = Files.list(served.resolve("targets").resolve(under))) {
            Path found = all.filter(each -> each.toString().endsWith(end))
                    .findFirst()
                    .orElseThrow();
            return served.relativize(found).toString();
        }
    }

    /** Test names may hold no control characters, so they stand escaped above. */
    private static String decoded(String name) {
        return name.replace("\\\\", "\\")
                .replace("\\u0000", "\0")
                .replace("\\n", "\n")
                .replace("\\u202E", "\u202E");
    }
}
