package dev.picket.ota.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.json.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of The Update Framework one by one, each with what stands on disk afterwards. */
class TufAttackTest {
    private static final Retry ONCE = new Retry(1, Duration.ofMillis(2), Duration.ofMillis(2), wait -> {});

    @TempDir
    Path folder;

    private Simulator repository;

    @BeforeEach
    void aClientThatTrustsVersionOneOfEverything() throws Exception {
        repository = new Simulator();
        repository.targets.put("a/one.json", bytes("one"));
        refresh(Simulator.NOW);
    }

    @Test
    void aFreshRefreshStoresEveryRoleAndGivesTargets() throws Exception {
        TrustedTargets targets = refresh(Simulator.NOW);
        TargetFile one = targets.find("a/one.json").orElseThrow();

        assertThat(targets.download(one, 100)).isEqualTo(bytes("one"));
        assertThat(targets.find("a/two.json")).isEmpty();
        onDisk(1, 1, 1);
        assertThat(repository.asked)
                .filteredOn(each -> each.endsWith("1.snapshot.json"))
                .hasSize(1);
    }

    @Test
    void rootsAreFollowedOneByOneOverChangesOfTheirKeys() throws Exception {
        for (int i = 0; i < 3; i++) {
            List<KeyPair> before = repository.keysOf("root");
            repository.keys.put("root", new ArrayList<>(List.of(Simulator.newKey())));
            repository.publishRoot(before);
        }
        refresh(Simulator.NOW);

        assertThat(folder.resolve("root.json")).hasBinaryContent(repository.roots.get(3));
        assertThat(folder.resolve("root_history/3.root.json")).hasBinaryContent(repository.roots.get(2));
    }

    @Test
    void aFirstRootThatWasReplacedByHandEndsTheOldChain() throws Exception {
        repository.publishRoot(List.of());
        refresh(Simulator.NOW);
        repository = new Simulator();
        repository.publishRoot(List.of());
        refresh(Simulator.NOW);

        assertThat(folder.resolve("root.json")).hasBinaryContent(repository.roots.get(1));
        onDisk(1, 1, 1);
    }

    @Test
    void aRootThatTheOldKeysDidNotSignIsRefused() {
        repository.keys.put("root", new ArrayList<>(List.of(Simulator.newKey())));
        repository.publishRoot(List.of());

        refused(Reason.WRONG_KEY, Simulator.NOW);
        assertThat(folder.resolve("root_history/2.root.json")).doesNotExist();
    }

    @Test
    void aRootThatItsOwnNewKeysDidNotSignIsRefused() {
        List<KeyPair> before = repository.keysOf("root");
        repository.keys.put("root", new ArrayList<>(List.of(Simulator.newKey(), Simulator.newKey())));
        repository.thresholds.put("root", 2);
        repository.publishRoot(before);
        byte[] root = without(repository.roots.get(1), 0);
        repository.roots.set(1, root);

        refused(Reason.UNSIGNED, Simulator.NOW);
    }

    @Test
    void aRootWithTheWrongVersionInsideIsRefused() {
        repository.publishRoot(List.of());
        repository.publishRoot(List.of());
        repository.roots.remove(1);

        refused(Reason.MIXED, Simulator.NOW);
        onDisk(1, 1, 1);
    }

    @Test
    void moreRootsThanAllowedAreNotFollowedForEver() throws Exception {
        for (int i = 0; i < 20; i++) {
            repository.publishRoot(List.of());
        }
        TufLimits few = new TufLimits(5, 100_000, 10_000, 10_000, 10_000, 4, 10_000);
        new TufClient(folder, repository.firstRoot(), repository, few, ONCE).refresh(Simulator.NOW);

        assertThat(folder.resolve("root.json")).hasBinaryContent(repository.roots.get(5));
    }

    @Test
    void anExpiredRootIsRefusedButAnExpiredOneOnTheWayIsPassed() throws Exception {
        repository.expires.put("root", Simulator.NOW.minusSeconds(1));
        repository.publishRoot(List.of());
        refused(Reason.EXPIRED, Simulator.NOW);

        repository.expires.put("root", Simulator.NOW.plusSeconds(1));
        repository.publishRoot(List.of());
        refresh(Simulator.NOW);
    }

    @Test
    void aThresholdOfTwoIsNotMetByOneKeyTwice() {
        List<KeyPair> two = List.of(Simulator.newKey(), Simulator.newKey());
        repository.keys.put("timestamp", new ArrayList<>(two));
        repository.thresholds.put("timestamp", 2);
        repository.publishRoot(List.of());
        repository.versions.put("timestamp", 2L);
        repository.replaced.put("metadata/timestamp.json", without(repository.timestampBytes(), 1));

        refused(Reason.UNSIGNED, Simulator.NOW);
    }

    @Test
    void anOlderTimestampIsRefused() throws Exception {
        repository.versions.put("timestamp", 3L);
        refresh(Simulator.NOW);
        repository.versions.put("timestamp", 2L);

        refused(Reason.OLDER, Simulator.NOW);
        assertThat(version("timestamp")).isEqualTo(3);
    }

    @Test
    void aTimestampThatNamesAnOlderSnapshotIsRefused() throws Exception {
        repository.versions.put("timestamp", 2L);
        repository.versions.put("snapshot", 5L);
        refresh(Simulator.NOW);
        repository.versions.put("timestamp", 3L);
        repository.versions.put("snapshot", 4L);

        refused(Reason.OLDER, Simulator.NOW);
        assertThat(version("snapshot")).isEqualTo(5);
    }

    @Test
    void aSnapshotThatIsNotTheOneNamedIsMixed() {
        repository.hashesInMeta = false;
        repository.versions.put("timestamp", 2L);
        repository.versions.put("snapshot", 2L);
        repository.snapshotVersionInTimestamp = 3;

        refused(Reason.MIXED, Simulator.NOW);
        assertThat(version("snapshot")).isEqualTo(1);
    }

    @Test
    void targetsThatAreNotTheOnesNamedAreMixed() {
        repository.hashesInMeta = false;
        repository.versions.put("timestamp", 2L);
        repository.versions.put("snapshot", 2L);
        repository.targetsVersionInSnapshot = 3;

        refused(Reason.MIXED, Simulator.NOW);
        assertThat(version("targets")).isEqualTo(1);
    }

    @Test
    void aSnapshotWithOlderTargetsIsRefused() throws Exception {
        next("targets", 7);
        refresh(Simulator.NOW);
        next("targets", 6);

        refused(Reason.OLDER, Simulator.NOW);
        assertThat(version("targets")).isEqualTo(7);
    }

    @Test
    void aRoleThatVanishesFromTheSnapshotIsRefused() throws Exception {
        repository.delegate("team", false, List.of("team/*"), Map.of());
        next("targets", 2);
        refresh(Simulator.NOW);
        repository.edges.clear();
        repository.listed.clear();
        next("targets", 3);

        refused(Reason.OLDER, Simulator.NOW);
    }

    @Test
    void aTimestampIssuedAfterItExpiresIsRefused() {
        repository.expires.put("timestamp", Simulator.NOW.plus(Duration.ofDays(3)));
        repository.issued = "2099-01-01T00:00:00Z";
        repository.versions.put("timestamp", 2L);

        refused(Reason.MALFORMED, Simulator.NOW);
        onDisk(1, 1, 1);
    }

    @Test
    void whatExpiredIsRefusedRoleByRole() {
        for (String role : List.of("timestamp", "snapshot", "targets")) {
            repository.expires.put(role, Simulator.NOW.plus(Duration.ofDays(3)));
            next(role, repository.versionOf(role) + 1);
            refused(Reason.EXPIRED, Simulator.NOW.plus(Duration.ofDays(3)));
            repository.expires.put(role, Simulator.NOW.plus(Duration.ofDays(30)));
            next(role, repository.versionOf(role) + 1);
        }
    }

    @Test
    void afterItsKeysWereRotatedATimestampMayBeginAnew() throws Exception {
        repository.versions.put("timestamp", 9_000_000L);
        repository.versions.put("snapshot", 9_000_000L);
        refresh(Simulator.NOW);
        repository.keys.put("snapshot", new ArrayList<>(List.of(Simulator.newKey())));
        repository.publishRoot(List.of());
        repository.versions.put("timestamp", 2L);
        repository.versions.put("snapshot", 2L);
        refresh(Simulator.NOW);

        onDisk(2, 2, 1);
    }

    @Test
    void aTargetWithOtherBytesIsRefused() throws Exception {
        TrustedTargets targets = refresh(Simulator.NOW);
        TargetFile one = targets.find("a/one.json").orElseThrow();
        String path = "targets/a/" + one.info().hashes().get("sha256") + ".one.json";
        repository.replaced.put(path, bytes("two"));

        assertThatThrownBy(() -> targets.download(one, 100))
                .asInstanceOf(type(RejectedException.class))
                .extracting(RejectedException::reason)
                .isEqualTo(Reason.TAMPERED);
    }

    @Test
    void whatADelegatedRoleListsIsNotListedAtTheTop() throws Exception {
        repository.delegate("team", false, List.of("picket/*"), Map.of("picket/keys.json", bytes("k")));
        next("targets", 2);
        TrustedTargets targets = refresh(Simulator.NOW);

        assertThat(targets.find("picket/keys.json")).isPresent();
        assertThat(targets.findAtTop("picket/keys.json")).isEmpty();
        assertThat(targets.findAtTop("a/one.json")).isPresent();
    }

    @Test
    void aDelegatedRoleAnswersOnlyForItsPaths() throws Exception {
        repository.delegate(
                "team", true, List.of("team/*.json"), Map.of("team/x.json", bytes("x"), "a/evil.json", bytes("e")));
        repository.delegate("other", false, List.of("team/*.json"), Map.of("team/y.json", bytes("y")));
        next("targets", 2);
        TrustedTargets targets = refresh(Simulator.NOW);

        assertThat(targets.find("team/x.json").orElseThrow().role()).isEqualTo("team");
        assertThat(targets.find("a/evil.json")).isEmpty();
        assertThat(targets.find("team/deep/x.json")).isEmpty();
        // A terminating role that does not list a path of its own ends the search.
        assertThat(targets.find("team/y.json")).isEmpty();
    }

    @Test
    void garbageIsMalformedAndChangesNothing() {
        for (String garbage : List.of("", "{", "[]", "{\"signed\":{}}", "{\"signed\":1,\"signed\":1}", "null")) {
            repository.replaced.put("metadata/timestamp.json", bytes(garbage));
            refused(Reason.MALFORMED, Simulator.NOW);
        }
        onDisk(1, 1, 1);
    }

    @Test
    void anUnreachableRepositoryIsNoRefusal() {
        TufClient client = new TufClient(
                folder,
                repository.firstRoot(),
                (path, from, most, body) -> {
                    throw new UnavailableException("No route to " + path + ".");
                },
                TufLimits.DEFAULT,
                ONCE);

        assertThatThrownBy(() -> client.refresh(Simulator.NOW)).isInstanceOf(UnavailableException.class);
        onDisk(1, 1, 1);
    }

    private TrustedTargets refresh(Instant now) throws Exception {
        return new TufClient(folder, repository.firstRoot(), repository, TufLimits.DEFAULT, ONCE).refresh(now);
    }

    private void refused(Reason reason, Instant now) {
        assertThatThrownBy(() -> refresh(now))
                .asInstanceOf(type(RejectedException.class))
                .extracting(RejectedException::reason)
                .isEqualTo(reason);
    }

    /** The role at this version, in a snapshot and a timestamp of their next ones. */
    private void next(String role, long version) {
        repository.versions.merge("timestamp", 1L, Long::sum);
        repository.versions.merge("snapshot", 1L, Long::sum);
        if (role.equals("targets")) {
            repository.versions.put(role, version);
        }
    }

    private void onDisk(long timestamp, long snapshot, long targets) {
        assertThat(version("timestamp")).isEqualTo(timestamp);
        assertThat(version("snapshot")).isEqualTo(snapshot);
        assertThat(version("targets")).isEqualTo(targets);
    }

    private long version(String role) {
        try {
            return StrictJson.parse(role, Files.readAllBytes(folder.resolve(role + ".json")))
                    .object("signed")
                    .number("version", 1, Long.MAX_VALUE);
        } catch (RejectedException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The file without its nth signature, or with the other one twice under one key. */
    private static byte[] without(byte[] file, int signature) {
        try {
            ObjectNode json = StrictJson.parse("file", file).node();
            ((ArrayNode) json.get("signatures")).remove(signature);
            return StrictJson.pretty(json);
        } catch (RejectedException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
