package dev.picket.ota.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
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
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attacks by name: each is refused with its reason, and the installed Set is on disk whole and goes on serving. */
class AttackTest {
    @TempDir
    Path folder;

    private Shop shop;
    private Gateway gateway;
    private TamperingFetcher attacker;
    private Release base;

    @BeforeEach
    void aGatewayWithOneSetAndAnUpdateThatIsOffered() throws Exception {
        shop = new Shop(folder.resolve("shop"));
        base = shop.base("small", "model one");
        shop.task("fraud", base.digest(), "exam one");
        shop.release("small", "fraud");
        attacker = new TamperingFetcher(Fetcher.of(shop.served().toUri(), FetchLimits.DEFAULT));
        gateway = new Gateway(folder.resolve("gateway"), shop.root(), attacker);
        gateway.run();
        copy(shop.served(), folder.resolve("old-tree"));
        shop.task("fraud", base.digest(), "exam two");
        shop.release("small", "fraud");
    }

    @Test
    void theUpdateIsTakenWhenNobodyAttacks() throws Exception {
        assertThat(gateway.run().active()).contains("factory/2");
    }

    @Test
    void aTamperedByteInAnyMetadataFileIsRefused() throws Exception {
        for (String file : List.of("timestamp.json", ".snapshot.json", ".targets.json")) {
            attacker.alter(
                    file,
                    bytes -> new String(bytes, StandardCharsets.UTF_8)
                            .replace("2026", "2027")
                            .replace("\"length\" : ", "\"length\" : 1")
                            .getBytes(StandardCharsets.UTF_8));
            refused(Reason.TAMPERED);
            attacker.alter(file, bytes -> bytes);
        }
        assertThat(gateway.run().active()).contains("factory/2");
    }

    @Test
    void aTamperedManifestIsRefused() throws Exception {
        attacker.alter(".stable.json", AttackTest::lastByteChanged);
        refused(Reason.TAMPERED);
    }

    @Test
    void aTamperedFileIsRefusedAndNotKept() throws Exception {
        ReleaseFile exam = examOf(2);
        attacker.alter(exam.sha256(), AttackTest::lastByteChanged);
        refused(Reason.TAMPERED);
        assertThat(gateway.names("blobs")).noneMatch(each -> each.startsWith(exam.sha256()));
    }

    @Test
    void anUnsignedTimestampIsRefused() throws Exception {
        attacker.alter("timestamp.json", AttackTest::withoutSignatures);
        refused(Reason.UNSIGNED);
    }

    @Test
    void aRepositoryOfTheWrongKeyIsRefused() throws Exception {
        Shop thief = new Shop(folder.resolve("thief"));
        Release other = thief.base("small", "stolen model");
        thief.task("fraud", other.digest(), "stolen exam");
        thief.release("small", "fraud");
        gateway.fetcher = Fetcher.of(thief.served().toUri(), FetchLimits.DEFAULT);
        refused(Reason.WRONG_KEY);
    }

    @Test
    void anOlderTreeIsRefusedOnceTheNewerWasSeen() throws Exception {
        // The newer one is seen, but its files do not come.
        attacker.withhold(examOf(2).sha256());
        assertThatThrownBy(gateway::run).isInstanceOf(UnavailableException.class);
        gateway.fetcher = Fetcher.of(folder.resolve("old-tree").toUri(), FetchLimits.DEFAULT);
        refused(Reason.OLDER);
    }

    @Test
    void aSetOlderThanTheInstalledOneIsRefusedThoughItIsSigned() throws Exception {
        attacker.alter("nothing", bytes -> bytes);
        gateway.run();
        shop.repository().pointChannel("stable", "sets/factory/1.json");
        shop.publish(Shop.NOW);

        Updater updater = gateway.start();
        updater.resume();
        UpdateStatus status = updater.poll();

        assertThat(status.last().orElseThrow().reason()).contains(Reason.OLDER);
        assertThat(status.last().orElseThrow().sentence()).contains("factory/1", "factory/2");
        assertThat(status.active()).contains("factory/2");
        assertThat(gateway.trial.serving).isEqualTo("factory/2");
    }

    @Test
    void aSnapshotOfAnotherTimeBehindANewTimestampIsRefused() throws Exception {
        Path old = folder.resolve("old-tree/metadata/1.snapshot.json");
        attacker.alter("2.snapshot.json", bytes -> read(old));
        refused(Reason.TAMPERED);
    }

    @Test
    void expiredMetadataAreRefusedAndTheInstalledSetRunsOn() throws Exception {
        gateway.clock = Shop.NOW.plus(Duration.ofDays(15));
        refused(Reason.EXPIRED);
    }

    @Test
    void aRepositoryThatIsFrozenIsFoundOutWhenItsTimestampExpires() throws Exception {
        gateway.fetcher = Fetcher.of(folder.resolve("old-tree").toUri(), FetchLimits.DEFAULT);
        gateway.run();
        assertThat(gateway.saved().active()).isNotNull();
        gateway.clock = Shop.NOW.plus(Duration.ofDays(15));
        refused(Reason.EXPIRED);
    }

    @Test
    void endlessMetadataAreCutAtTheirLimit() throws Exception {
        attacker.neverEnd("timestamp.json");
        refused(Reason.TOO_LARGE);
        assertThat(attacker.endlessBytes).isLessThan(32_768);
    }

    @Test
    void anEndlessFileIsCutAtItsSignedLengthAndNotKept() throws Exception {
        ReleaseFile exam = examOf(2);
        attacker.neverEnd(exam.sha256());
        refused(Reason.TOO_LARGE);
        assertThat(gateway.names("blobs")).noneMatch(each -> each.startsWith(exam.sha256()));
    }

    @Test
    void aSetThatIsTooLargeIsRefusedBeforeAnyByteOfItComes() throws Exception {
        gateway.limits = new ReleaseLimits(1 << 20, 64, 1 << 20, 100, 8);
        attacker.asked.clear();
        refused(Reason.TOO_LARGE);
        assertThat(attacker.asked).noneMatch(each -> each.startsWith("blobs/"));
    }

    @Test
    void aFileNameThatClimbsOutOfItsFolderIsRefused() throws Exception {
        Release task = task(2);
        String path = "releases/task/fraud/9.json";
        byte[] climbing = changed(task, "\"exam.jsonl\"", "\"../../../climbed\"");
        shop.slip(
                path,
                new String(climbing, StandardCharsets.UTF_8)
                        .replace("\"counter\" : 2", "\"counter\" : 9")
                        .getBytes(StandardCharsets.UTF_8));
        slipSet(new SetManifest.Member(path, task.digest()));

        refused(Reason.MALFORMED);
        assertThat(folder.resolve("climbed")).doesNotExist();
        assertThat(folder.resolve("gateway/climbed")).doesNotExist();
    }

    @Test
    void aManifestWhoseNameIsNotThatOfItsPathIsRefused() throws Exception {
        Release task = task(2);
        String path = "releases/task/severity/1.json";
        shop.slip(path, StrictJson.pretty(task.toJson()));
        slipSet(new SetManifest.Member(path, task.digest()));

        refused(Reason.MALFORMED);
    }

    @Test
    void aTaskWhoseBaseDigestDiffersIsRefused() throws Exception {
        Release other = shop.base("large", "model two");
        Release task = shop.task("fraud", other.digest(), "exam for large");
        slipSet(new SetManifest.Member(task.path(), task.digest()));

        refused(Reason.BASE_DIFFERS);
    }

    @Test
    void aReleaseThatIsNoTargetIsRefused() throws Exception {
        slipSet(new SetManifest.Member("releases/task/fraud/77.json", task(2).digest()));
        refused(Reason.MISSING);
    }

    /** Starts again, polls, and holds the disk against what was installed before. */
    private void refused(Reason reason) throws Exception {
        UpdateStatus status = gateway.run();

        Ended last = status.last().orElseThrow();
        assertThat(last.step()).isEqualTo(Step.REJECTED);
        assertThat(last.reason()).as(last.sentence()).contains(reason);
        assertThat(status.active()).contains("factory/1");
        assertThat(status.step()).isEqualTo(Step.IDLE);
        assertThat(gateway.trial.serving).isEqualTo("factory/1");
        Path set = gateway.set("factory-1");
        assertThat(set.resolve("base/model.onnx")).hasContent("model one");
        assertThat(set.resolve("tasks/fraud/exam.jsonl")).hasContent("exam one");
        assertThat(gateway.sets()).containsExactly("factory-1");
        InstalledOnDisk.check(gateway);
    }

    private void slipSet(SetManifest.Member task) throws RejectedException, IOException {
        SetManifest.Member member = new SetManifest.Member(base.path(), base.digest());
        SetManifest set = new SetManifest("factory", 9, member, List.of(task));
        shop.slip(set.path(), StrictJson.pretty(set.toJson()));
        shop.repository().pointChannel("stable", set.path());
        shop.publish(Shop.NOW);
    }

    private Release task(int counter) throws RejectedException, IOException {
        String path = "releases/task/fraud/" + counter + ".json";
        try (Stream<Path> all = Files.list(shop.repository().tree().resolve("targets/releases/task/fraud"))) {
            Path file = all.filter(each -> each.toString().endsWith("." + counter + ".json"))
                    .findFirst()
                    .orElseThrow();
            return Release.parse(path, Files.readAllBytes(file), ReleaseLimits.DEFAULT);
        }
    }

    private ReleaseFile examOf(int counter) throws RejectedException, IOException {
        return task(counter).files().stream()
                .filter(each -> each.name().equals("exam.jsonl"))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] changed(Release release, String from, String to) {
        String json = new String(StrictJson.pretty(release.toJson()), StandardCharsets.UTF_8);
        return json.replace(from, to).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] lastByteChanged(byte[] bytes) {
        byte[] changed = bytes.clone();
        changed[changed.length - 1] ^= 1;
        return changed;
    }

    private static byte[] withoutSignatures(byte[] bytes) {
        try {
            ObjectNode json = StrictJson.parse("file", bytes).node();
            json.putArray("signatures");
            return StrictJson.pretty(json);
        } catch (RejectedException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(each).toString());
                AtomicFiles.createFolders(target.resolveSibling(""));
                Files.copy(each, target);
            }
        }
    }
}
