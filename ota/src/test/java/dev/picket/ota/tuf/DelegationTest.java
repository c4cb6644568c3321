package dev.picket.ota.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.fetch.Retry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Specification 5.6.7: the search over delegated roles, and 4.5: what a delegation covers. */
class DelegationTest {
    private static final Retry ONCE = new Retry(1, Duration.ofMillis(2), Duration.ofMillis(2), wait -> {});
    private static final TufLimits FEW = new TufLimits(8, 100_000, 16_000, 100_000, 100_000, 10, 1_000_000);

    @TempDir
    Path folder;

    private final Simulator repository = new Simulator();

    /** An edge is {@code delegator-role}, with {@code !} where it is terminating and {@code :pattern} where not all. */
    @ParameterizedTest
    @CsvSource({
        "targets-A, A",
        "targets-A targets-B, A B",
        "targets-A targets-B B-C, A B C",
        "targets-A targets-B A-C A-D, A C D B",
        "targets-A targets-B A-C C-D, A C D B",
        "targets-A targets-B A-C! A-D, A C",
        "targets-A targets-B A-C! C-D, A C D",
        "targets-A! targets-B A-C, A C",
        "targets-A:*.py targets-B A-C, B",
        "targets-A targets-B A-C:*.py C-D, A B",
        "targets-A targets-B B-C C-D D-B, A B C D",
        "targets-A A-A, A",
        "targets-A targets-B B-C A-C, A C B",
        "targets-A targets-B B-C A-C:*.py, A B C",
    })
    void rolesAreSearchedInPreorderEachOnce(String edges, String order) throws Exception {
        for (String edge : edges.split(" ", -1)) {
            String[] parts = edge.replace("!", "").split("[-:]", -1);
            edge(parts[0], parts[1], edge.contains("!"), parts.length > 2 ? parts[2] : "*");
        }
        assertThat(refresh(TufLimits.DEFAULT).find("missing")).isEmpty();

        Stream<String> asked = repository.asked.stream()
                .filter(each -> each.matches("metadata/1\\.[A-Z]\\.json"))
                .map(each -> each.replaceAll("metadata/1\\.|\\.json", ""));
        assertThat(asked).containsExactly(order.split(" ", -1));
    }

    @Test
    void theFirstRoleInTheOrderThatListsAPathAnswersForIt() throws Exception {
        repository.delegate("first", false, List.of("x/*"), Map.of("x/1", bytes("first")));
        repository.delegate("second", false, List.of("x/*"), Map.of("x/1", bytes("second"), "x/2", bytes("2")));
        TrustedTargets targets = refresh(TufLimits.DEFAULT);

        assertThat(targets.find("x/1").orElseThrow().role()).isEqualTo("first");
        assertThat(targets.find("x/2").orElseThrow().role()).isEqualTo("second");
    }

    @Test
    void whatTheDelegatorsPathsLeaveOutItsDelegatesCannotAnswerFor() throws Exception {
        repository.delegate("team", false, List.of("team/*"), Map.of());
        repository.add("friend", Map.of("team/1", bytes("1"), "other/1", bytes("2")));
        repository.edges.add(new Simulator.Edge(
                "team", "friend", repository.keysOf("friend").getFirst(), false, "paths", List.of("*/*")));
        TrustedTargets targets = refresh(TufLimits.DEFAULT);

        assertThat(targets.find("team/1")).isPresent();
        assertThat(targets.find("other/1")).isEmpty();
    }

    @Test
    void theSearchEndsAfterSoManyRolesInARowOrInAChain() throws Exception {
        IntStream.range(0, 20).forEach(n -> edge("targets", "W" + n, false, "wide/*"));
        IntStream.range(0, 20).forEach(n -> edge(n == 0 ? "targets" : "D" + (n - 1), "D" + n, false, "deep/*"));
        TrustedTargets targets = refresh(FEW);
        int before = repository.asked.size();

        assertThat(targets.find("wide/x")).isEmpty();
        assertThat(repository.asked).hasSize(before + FEW.delegations());
        assertThat(targets.find("deep/x")).isEmpty();
        assertThat(repository.asked).hasSize(before + 2 * FEW.delegations());
    }

    @Test
    void pathsGoToTheBinOfTheirHash() throws Exception {
        // SHA-256 of "a" begins with ca, of "b" with 3e.
        bin("high", List.of("8", "9", "A", "b", "C", "d", "e", "f"), "a");
        bin("low", List.of("0", "1", "2", "3", "4", "5", "6", "7"), "b");
        bin("exact", List.of("3e23e8"), "c");
        TrustedTargets targets = refresh(TufLimits.DEFAULT);

        assertThat(targets.find("a").orElseThrow().role()).isEqualTo("high");
        assertThat(targets.find("b").orElseThrow().role()).isEqualTo("low");
        // "c" is 2e: its role lists it, and no prefix of its own covers it.
        assertThat(targets.find("c")).isEmpty();
    }

    @Test
    void onlyTheNamesOfItsBinsAreDelegatedTo() {
        SuccinctBins bins = new SuccinctBins(new Role.RoleKeys(Set.of("k"), 1), 5, "bin");

        // SHA-256 of "a" begins with ca, 11001 010.
        assertThat(bins.of("a").name()).isEqualTo("bin-19");
        assertThat(bins.called("bin-19")).contains(bins.of("a"));
        assertThat(bins.called("bin-1f")).isPresent();
        for (String none :
                List.of("bin-20", "bin-1F", "bin-9", "bin-019", "bin--1", "bin", "other-19", "bin-+1", "targets")) {
            assertThat(bins.called(none)).as(none).isEmpty();
        }
        assertThat(new SuccinctBins(new Role.RoleKeys(Set.of("k"), 1), 32, "b").called("b-ffffffff"))
                .isPresent();
    }

    @Test
    void aRoleKeptOnDiskIsVerifiedAgainForTheDelegatorThatReachesItNow() throws Exception {
        repository.delegate("one", false, List.of("one/*"), Map.of());
        repository.delegate("two", false, List.of("two/*"), Map.of());
        repository.add("shared", Map.of("one/x", bytes("1"), "two/x", bytes("2")));
        repository.edges.add(new Simulator.Edge(
                "one", "shared", repository.keysOf("shared").getFirst(), false, "paths", List.of("*/*")));
        repository.edges.add(new Simulator.Edge("two", "shared", Simulator.newKey(), false, "paths", List.of("*/*")));
        TrustedTargets targets = refresh(TufLimits.DEFAULT);

        assertThat(targets.find("one/x")).isPresent();
        refused(targets, "two/x", Reason.WRONG_KEY);
        refused(refresh(TufLimits.DEFAULT), "two/x", Reason.WRONG_KEY);
        assertThat(refresh(TufLimits.DEFAULT).find("one/x")).isPresent();
    }

    @Test
    void aRoleOfAnyNameIsAskedForAndKeptUnderItsEncodedName() throws Exception {
        for (String name : List.of("?", "#", "/role", "../role", "a b", "ä", "100%", "..", "*~_.-")) {
            edge("targets", name, false, "*");
        }
        assertThat(refresh(TufLimits.DEFAULT).find("missing")).isEmpty();

        assertThat(repository.asked)
                .contains("metadata/1.%3F.json", "metadata/1...%2Frole.json", "metadata/1.%C3%A4.json");
        assertThat(folder.resolve("..%2Frole.json")).exists();
        assertThat(folder.resolve("%2A~_.-.json")).exists();
        assertThat(folder.resolve("100%25.json")).exists();
    }

    @Test
    void withoutConsistentSnapshotsNamesCarryNeitherVersionNorHash() throws Exception {
        repository.consistent = false;
        repository.publishRoot(List.of());
        repository.targets.put("a/one", bytes("one"));
        edge("targets", "team", false, "*");
        TrustedTargets targets = refresh(TufLimits.DEFAULT);
        targets.download(targets.find("a/one").orElseThrow(), 10);
        assertThat(targets.find("missing")).isEmpty();

        assertThat(repository.asked)
                .containsExactly(
                        "metadata/2.root.json",
                        "metadata/3.root.json",
                        "metadata/timestamp.json",
                        "metadata/snapshot.json",
                        "metadata/targets.json",
                        "targets/a/one",
                        "metadata/team.json");
    }

    @Test
    void aTargetOfAnyNameIsAskedForUnderAnAddressThatHasIt() throws Exception {
        repository.consistent = false;
        repository.publishRoot(List.of());
        Map<String, String> addresses = Map.of(
                "v1.2+arm64~rc@x/(a),b;c=d:e!'*$&", "v1.2+arm64~rc@x/(a),b;c=d:e!'*$&",
                "a b/?#%/ä", "a%20b/%3F%23%25/%C3%A4",
                "[x]|\\\"^`{}", "%5Bx%5D%7C%5C%22%5E%60%7B%7D");
        for (String path : addresses.keySet()) {
            repository.targets.put(path, bytes(path));
            repository.replaced.put("targets/" + addresses.get(path), bytes(path));
        }
        TrustedTargets targets = refresh(TufLimits.DEFAULT);

        for (String path : addresses.keySet()) {
            assertThat(targets.download(targets.find(path).orElseThrow(), 100)).isEqualTo(bytes(path));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a, a, true",
        "*, a, true",
        "*, a/b, false",
        "*/*, a/b, true",
        "a/*, a/, true",
        "a/*, a, false",
        "*.txt, .txt, true",
        "*.t?t, a.txt, true",
        "*.t?t, a.tt, false",
        "a?b, a/b, false",
        "a*b*c, axxbyyc, true",
        "a*b*c, axxcyyb, false",
        "**, abc, true",
        "[ab], a, false",
        "a.c, abc, false",
        "?, ä, true",
    })
    void aPatternMatchesWithinSegmentsOnly(String pattern, String path, boolean matches) {
        assertThat(PathPatterns.anyMatches(List.of(pattern), path)).isEqualTo(matches);
    }

    @Test
    void noPatternTakesLong() {
        String pattern = "*a".repeat(2_000) + "b";

        assertThat(PathPatterns.anyMatches(List.of(pattern), "a".repeat(4_000))).isFalse();
    }

    private void edge(String delegator, String role, boolean terminating, String pattern) {
        if (!repository.listed.containsKey(role)) {
            repository.add(role, Map.of());
        }
        repository.edges.add(new Simulator.Edge(
                delegator, role, repository.keysOf(role).getFirst(), terminating, "paths", List.of(pattern)));
    }

    private void bin(String role, List<String> prefixes, String path) {
        repository.add(role, Map.of(path, bytes(path)));
        repository.edges.add(new Simulator.Edge(
                "targets", role, repository.keysOf(role).getFirst(), false, "path_hash_prefixes", prefixes));
    }

    private static void refused(TrustedTargets targets, String path, Reason reason) {
        assertThatThrownBy(() -> targets.find(path))
                .asInstanceOf(type(RejectedException.class))
                .extracting(RejectedException::reason)
                .isEqualTo(reason);
    }

    private TrustedTargets refresh(TufLimits limits) throws Exception {
        return new TufClient(folder, repository.firstRoot(), repository, limits, ONCE).refresh(Simulator.NOW);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
