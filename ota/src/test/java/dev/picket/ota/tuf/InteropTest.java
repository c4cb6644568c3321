package dev.picket.ota.tuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.ota.RejectedException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repositories that others' tools made, or of the shape of theirs, see {@code src/test/resources/tuf/interop/README.md}. */
class InteropTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Path ROOT = Path.of(System.getProperty("picket.root"), "ota/src/test/resources/tuf/interop");

    @TempDir
    Path folder;

    @Test
    void pythonTufsRootIsFollowedOverEveryKindOfKey() throws Exception {
        refresh("many-keys", NOW);

        assertThat(folder.resolve("root.json")).hasSameBinaryContentAs(ROOT.resolve("many-keys/metadata/3.root.json"));
        assertThat(folder.resolve("timestamp.json"))
                .hasSameBinaryContentAs(ROOT.resolve("many-keys/metadata/timestamp.json"));
    }

    @Test
    void pythonTufsTargetsAreFoundInTheTopRoleInBinsAndInNestedRoles() throws Exception {
        TrustedTargets targets = refresh("many-keys", NOW);

        for (String path : List.of("top.txt", "only-sha512.txt", "team/one.txt", "team/odd/1.txt")) {
            holdsItsContent(targets, path);
        }
        for (int n = 0; n < 8; n++) {
            holdsItsContent(targets, "bins/" + n + ".txt");
        }
        assertThat(targets.find("team/odd/1.txt").orElseThrow().role()).isEqualTo("odd role");
        assertThat(targets.find("bins/3.txt").orElseThrow().role()).startsWith("bin-");
        // The team's role is terminating, so no bin is asked for what it does not list.
        assertThat(targets.find("team/two.txt")).isEmpty();
        assertThat(folder.resolve("odd%20role.json")).exists();
    }

    @Test
    void pythonTufsRepositoryWithoutConsistentSnapshotsIsRead() throws Exception {
        holdsItsContent(refresh("plain", NOW), "dir/one.txt");
    }

    @Test
    void pythonTufsSuccinctBinsAreRead() throws Exception {
        TrustedTargets targets = refresh("succinct", NOW);

        for (int n = 0; n < 3; n++) {
            holdsItsContent(targets, "bins/" + n + ".txt");
        }
        assertThat(targets.find("bins/0.txt").orElseThrow().role()).matches("bin-[01][0-9a-f]");
    }

    @Test
    void tufJsSignsTheSameCanonicalForm() throws Exception {
        TrustedTargets targets = refresh("tuf-js", NOW);

        holdsItsContent(targets, "team/one.txt");
        assertThat(targets.find("team/one.txt")
                        .orElseThrow()
                        .custom()
                        .orElseThrow()
                        .text("kind"))
                .isEqualTo("text");
    }

    @Test
    void tuftoolsRepositoryIsReadThoughItNamesFilesInItsOwnWay() throws Exception {
        TrustedTargets targets = refresh("tuftool", NOW);

        holdsItsContent(targets, "top.txt");
        holdsItsContent(targets, "releases/fraud/1.txt");
        assertThat(targets.find("releases/fraud/1.txt").orElseThrow().role()).isEqualTo("../teams/fraud");
        assertThat(folder.resolve("..%2Fteams%2Ffraud.json"))
                .hasSameBinaryContentAs(ROOT.resolve("tuftool/metadata/1...%2Fteams%2Ffraud.json"));
    }

    @Test
    void tufOnCisRepositoryIsReadWithItsFieldsEmptySignaturesAndKeysOfPeople() throws Exception {
        TrustedTargets targets = refresh("tuf-on-ci", NOW);

        holdsItsContent(targets, "top.txt");
        holdsItsContent(targets, "team/one.txt");
        assertThat(folder.resolve("root.json")).hasSameBinaryContentAs(ROOT.resolve("tuf-on-ci/metadata/2.root.json"));
    }

    @Test
    void everyRepositoryIsRefusedOnceItExpired() {
        for (String name : List.of("many-keys", "plain", "succinct", "tuf-js", "tuftool", "tuf-on-ci")) {
            assertThatThrownBy(() -> refresh(name, Instant.parse("2126-01-02T00:00:00Z")))
                    .as(name)
                    .isInstanceOf(RejectedException.class)
                    .hasMessageContaining("expired");
        }
    }

    private static void holdsItsContent(TrustedTargets targets, String path) throws Exception {
        byte[] bytes = targets.download(targets.find(path).orElseThrow(), 1000);
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("content of " + path + "\n");
    }

    private TrustedTargets refresh(String name, Instant now) throws Exception {
        byte[] root = Files.readAllBytes(ROOT.resolve(name + "/metadata/1.root.json"));
        Fetcher fetcher = Fetcher.of(ROOT.resolve(name).toUri(), FetchLimits.DEFAULT);
        Retry once = new Retry(1, Duration.ofMillis(1), Duration.ofMillis(1), wait -> {});
        return new TufClient(folder, root, fetcher, TufLimits.DEFAULT, once).refresh(now);
    }
}
