package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.ota.Hashes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A team through the command line: added, signing on its own machine, shown, exported, removed. */
class ReleaseTeamTest {
    @TempDir
    Path folder;

    private ReleaseDesk desk;

    @BeforeEach
    void aPublishedRepositoryAndATeamWithAKeyOfItsOwn() throws Exception {
        desk = new ReleaseDesk(folder);
        desk.init();
        desk.fill();
        desk.okWithKeys("publish", desk.path("www"));
        Files.writeString(folder.resolve("team-pass"), "only emea knows\n");
        Files.createDirectories(folder.resolve("emea"));
        desk.ok("key", "new", key(), "--iterations", "10", "--passphrase-file", desk.path("team-pass"));
    }

    @Test
    void aTeamIsAddedReleasesAndIsRead() throws Exception {
        assertThat(addTeam())
                .contains("The team emea may release releases/task/emea-*/*.json.")
                .contains("targets 2 needs 1 more")
                .contains("emea 1 needs 1 more of the 1 signatures of emea");
        assertThat(desk.ok("add", "task", task(), "--team", "emea")).contains("releases/task/emea-fraud/1.json");
        desk.ok("add", "set", "factory", "--base", "small", "--task", "emea-fraud", "--channel", "stable");
        signByTheTeam();

        assertThat(desk.okWithKeys("publish", desk.path("www")))
                .contains("root 1, targets 2, emea 1, snapshot 2, timestamp 2.");
        assertThat(desk.ok("show"))
                .contains("team emea 1, good until")
                .contains("  may release releases/task/emea-*/*.json")
                .containsPattern("releases/task/emea-fraud/1.json version .*, by team emea")
                .doesNotContain("not published");
        desk.ok("show", "--json");
        assertThat(desk.json().at("/teams/0/role").asText()).isEqualTo("emea");
        assertThat(desk.json().at("/teams/0/paths/0").asText()).isEqualTo("releases/task/emea-*/*.json");
        assertThat(desk.ok("verify", desk.path("www")))
                .contains("emea 1 is good until")
                .contains("Whole: 6 targets");
        assertThat(desk.ok("export", "--usb", desk.path("stick"), "--set", "factory/2"))
                .contains("Whole: 6 targets");
        assertThat(folder.resolve("stick/metadata/1.emea.json")).exists();
        assertThat(desk.ok("timestamp", desk.path("www"), "--passphrase-file", desk.path("pass")))
                .contains("emea 1, snapshot 2, timestamp 3.");

        assertThat(desk.run("team", "remove", "emea")).isEqualTo(ExitCode.DATA);
        assertThat(desk.err())
                .contains("point that channel to another Set first")
                .hasLineCount(1);
        desk.ok("channel", "stable", "factory/1");
        assertThat(desk.ok("team", "remove", "emea"))
                .contains("these go: releases/task/emea-fraud/1.json, sets/factory/2.json.");
        desk.okWithKeys("publish", desk.path("www"));
        assertThat(desk.ok("verify", desk.path("www")))
                .contains("Whole: 4 targets")
                .doesNotContain("emea");
    }

    @Test
    void whatIsRefusedChangesNothing() throws Exception {
        String task = task();
        Map<String, String> before = desk.disk();
        refused("A team cannot have 'picket/*.json'", "team", "add", "emea", "--paths", "picket/*.json");
        refused("No team can be called '../x'", "team", "add", "../x", "--paths", "releases/task/x/*.json");
        refused("There is no team emea: add it with `picket release team add`.", "team", "remove", "emea");
        refused("There is no team emea", "add", "task", task, "--team", "emea");
        refused(
                "would have 1 keys and need 2",
                "team",
                "add",
                "emea",
                "--public",
                publicHalf(),
                "--threshold",
                "2",
                "--paths",
                "releases/task/emea-*/*.json");
        assertThat(desk.disk()).isEqualTo(before);
    }

    @Test
    void aDryRunSaysWhatWouldBeAndWritesNothing() throws Exception {
        Map<String, String> before = desk.disk();
        desk.ok(
                "team",
                "add",
                "emea",
                "--public",
                publicHalf(),
                "--paths",
                "releases/task/emea-*/*.json",
                "--dry-run",
                "--json");
        assertThat(desk.json().path("dryRun").asBoolean()).isTrue();
        assertThat(desk.json().path("wouldWrite").toString()).contains("contents.json");
        assertThat(desk.json().at("/waiting/1/file").asText()).isEqualTo("emea 1");
        assertThat(desk.disk()).isEqualTo(before);
    }

    @Test
    void aTeamsKeyIsRotatedLikeAnyOther() throws Exception {
        addTeam();
        signByTheTeam();
        desk.okWithKeys("publish", desk.path("www"));
        assertThat(desk.okWithKeys("key", "rotate", "emea", "--iterations", "10"))
                .contains("will sign emea instead of")
                .contains("emea 2 needs 1 more");
        desk.okWithKeys("publish", desk.path("www"));
        assertThat(desk.ok("verify", desk.path("www"))).contains("emea 2 is good until");
    }

    private String addTeam() {
        return desk.ok("team", "add", "emea", "--public", publicHalf(), "--paths", "releases/task/emea-*/*.json");
    }

    private void signByTheTeam() {
        desk.ok("sign", "--export", desk.path("request.json"));
        assertThat(desk.ok(
                        "sign",
                        desk.path("request.json"),
                        "--offline-keys",
                        desk.path("emea"),
                        "--offline-passphrase-file",
                        desk.path("team-pass")))
                .contains("Signatures added to")
                .contains("emea 1 has all its signatures");
        desk.ok("sign", "--import", desk.path("request.json"));
    }

    private void refused(String sentence, String... words) {
        assertThat(desk.run(words)).isEqualTo(ExitCode.DATA);
        assertThat(desk.err()).contains(sentence).hasLineCount(1);
    }

    private String task() throws Exception {
        String digest = Hashes.sha256(folder.resolve("small/base.json"));
        return new SmallTask("emea-fraud", digest)
                .exam("exam one")
                .write(folder.resolve("emea-fraud"))
                .toString();
    }

    private String key() {
        return desk.path("emea/emea.json");
    }

    private String publicHalf() {
        return desk.path("emea/emea.pub.json");
    }
}
