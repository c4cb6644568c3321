package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.ota.repository.RepositoryLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the release commands find in a tree, what they leave alone, and who may change it at a time. */
class ReleaseTreeTest {
    @TempDir
    Path folder;

    private ReleaseDesk desk;

    @BeforeEach
    void aPublishedRepository() throws Exception {
        desk = new ReleaseDesk(folder);
        desk.init();
        desk.fill();
        desk.okWithKeys("publish", desk.path("www"));
    }

    @Test
    void aDryRunOfEachChangingVerbSaysWhatItWouldWriteAndChangesNothing() throws Exception {
        desk.addSet("exam two");
        Path task = desk.task("exam three");
        Files.writeString(folder.resolve("keys.json"), "{\"keys\":[]}");
        Map<String, String> before = desk.disk();
        String[][] all = {
            {"add", "task", task.toString()},
            {"add", "set", "factory", "--base", "small", "--task", "fraud"},
            {"channel", "beta", "factory/1"},
            {"command-keys", desk.path("keys.json")},
            desk.withKeys("key", "rotate", "timestamp", "--iterations", "10"),
            desk.withKeys("key", "threshold", "root", "1"),
            {"sign", "--export", desk.path("request.json")},
            desk.withKeys("sign"),
            desk.withKeys("publish", desk.path("www")),
            desk.withKeys("timestamp", desk.path("www")),
            {"export", "--usb", desk.path("stick")},
        };
        for (String[] each : all) {
            String[] dry =
                    Stream.concat(Stream.of(each), Stream.of("--dry-run")).toArray(String[]::new);
            assertThat(desk.ok(dry))
                    .as(String.join(" ", each))
                    .contains("A dry run")
                    .contains("would write ");
            assertThat(desk.disk()).as(String.join(" ", each)).isEqualTo(before);
        }
        assertThat(desk.ok(desk.withKeys("publish", desk.path("www"), "--dry-run")))
                .contains("would write " + desk.path("www/metadata/2.targets.json"))
                .contains("would write " + desk.path("www/metadata/timestamp.json"));
        ReleaseDesk empty = new ReleaseDesk(Files.createDirectories(folder.resolve("empty")));
        empty.ok(empty.withKeys("init", "--iterations", "10", "--dry-run"));
        assertThat(folder.resolve("empty/repo")).doesNotExist();
    }

    @Test
    void whileOneCommandChangesARepositoryAnotherIsRefused() throws Exception {
        try (RepositoryLock _ = RepositoryLock.take(folder.resolve("repo"))) {
            assertThat(desk.run("channel", "beta", "factory/1")).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(desk.err()).contains("Another `picket release` command").hasLineCount(1);
            assertThat(desk.ok("show")).doesNotContain("channel beta");
        }
        desk.ok("channel", "beta", "factory/1");
    }

    @Test
    void theTimestampIsSignedAnewWithTheOnlineKeysAloneAndWhatWasAddedStaysBack() throws Exception {
        desk.addSet("exam two");
        String targets = Files.readString(folder.resolve("www/metadata/1.targets.json"));

        desk.ok("timestamp", desk.path("www"), "--passphrase-file", desk.path("pass"), "--json");

        assertThat(desk.json().path("versions").path("timestamp").asInt()).isEqualTo(2);
        assertThat(desk.json().path("versions").path("targets").asInt()).isEqualTo(1);
        assertThat(folder.resolve("www/metadata/timestamp.json")).content().contains("\"issued\"");
        assertThat(folder.resolve("www/metadata/1.targets.json")).content().isEqualTo(targets);
        assertThat(folder.resolve("www/metadata/2.targets.json")).doesNotExist();
        desk.ok("verify", desk.path("www"));
    }

    @Test
    void oneChangedByteOfAnyKindOfFileIsFound() throws Exception {
        try (Stream<Path> files = Files.walk(folder.resolve("www"))) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                byte[] whole = Files.readAllBytes(each);
                byte[] changed = whole.clone();
                changed[whole.length / 2] ^= 1;
                Files.write(each, changed);
                // A gateway has its first root from elsewhere, and never reads it from here.
                boolean read = !each.endsWith("1.root.json");
                assertThat(desk.run("verify", desk.path("www")))
                        .as(each.toString())
                        .isEqualTo(read ? ExitCode.FINDINGS : ExitCode.OK);
                Files.delete(each);
                assertThat(desk.run("verify", desk.path("www")))
                        .as("without " + each)
                        .isEqualTo(read ? ExitCode.FINDINGS : ExitCode.OK);
                Files.write(each, whole);
            }
        }
        assertThat(desk.ok("verify", desk.path("www"), "--json")).contains("\"whole\":true");
        assertThat(desk.json().path("files").asInt()).isEqualTo(4);
    }

    @Test
    void aStickCarriesWhatIsPublishedAndNothingElse() throws Exception {
        desk.addSet("exam two");
        assertThat(desk.ok("export", "--usb", desk.path("stick"))).contains("Whole: 4 targets and 4 files");
        assertThat(folder.resolve("stick/keys")).doesNotExist();
        assertThat(desk.run("export", "--usb", desk.path("stick"), "--set", "factory/2"))
                .isEqualTo(ExitCode.DATA);
        assertThat(desk.err()).contains("sets/factory/2.json is not published").hasLineCount(1);
        desk.ok("export", "--usb", desk.path("stick"), "--set", "factory/1");
        assertThat(folder.resolve("stick/usb.json")).content().contains("sets/factory/1.json");
        assertThat(desk.run("key", "add", "root", "--public", desk.path("absent")))
                .isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(desk.err()).contains("There is no file").hasLineCount(1);
        Path blob;
        try (Stream<Path> blobs = Files.list(folder.resolve("stick/blobs"))) {
            blob = blobs.findFirst().orElseThrow();
        }
        byte[] rotten = Files.readAllBytes(blob);
        rotten[0] ^= 1;
        Files.write(blob, rotten, StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(desk.run("export", "--usb", desk.path("stick"))).isEqualTo(ExitCode.FINDINGS);
        assertThat(desk.out()).contains("has other bytes than its name says");
    }

    @Test
    void showTellsRolesReleasesAndWhatIsNotPublished() throws Exception {
        desk.addSet("exam two");
        assertThat(desk.ok("show"))
                .contains("targets 1, good until")
                .contains("releases/task/fraud/2.json version 1")
                .contains("sets/factory/1.json holds releases/base/small/1.json, releases/task/fraud/1.json")
                .contains("channel stable names sets/factory/2.json")
                .contains("not published yet: releases/task/fraud/2.json")
                .contains("targets 2 needs 1 more of the 1 signatures of targets");
    }

    @Test
    void aCounterIsNeverUsedAgainAlsoAfterContentsCameBackFromABackup() throws Exception {
        byte[] backup = Files.readAllBytes(folder.resolve("repo/contents.json"));
        desk.addSet("exam two");
        desk.okWithKeys("publish", desk.path("www"));
        Files.write(folder.resolve("repo/contents.json"), backup);

        assertThat(desk.ok("add", "task", desk.task("exam three").toString())).contains("releases/task/fraud/3.json");
        assertThat(desk.ok("add", "set", "factory", "--base", "small", "--task", "fraud"))
                .contains("sets/factory/3.json");
        desk.okWithKeys("publish", desk.path("www"));
        assertThat(desk.ok("verify", desk.path("www"))).contains("targets 3");
    }
}
