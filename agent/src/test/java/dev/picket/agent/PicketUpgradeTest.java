package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What picket-upgrade does when apt, dpkg or the agent fail, with programs of those names that fail when they are told to;
 * packaging/test/nspawn has the real ones. 1.0 is installed and good, 2.0 is the candidate.
 */
class PicketUpgradeTest {
    private static final Path SCRIPT =
            Path.of(System.getProperty("picket.root")).resolve("packaging/apt/picket-upgrade");
    private static final String APT_GET = """
            case "$*" in
              *" update" | *--download-only*) ;;
              *" download "*) [ ! -e no-way-back ] || exit 100; rm -f damaged; cd "$OLDPWD_OF_CALLER"; echo "${*##*=}" >picket.deb ;;
              *" install "*) [ ! -e apt-breaks ] || echo half-configured >status
                [ ! -e apt-breaks ] && [ -e apt-fails ] || echo "${*##*=}" >version
                [ ! -e apt-breaks ] && [ ! -e apt-fails ] && [ ! -e another-fails ] || exit 100 ;;
            esac""";
    private static final String DPKG = """
            case "$*" in
              --compare-versions*) [ "$2" != "$4" ] && [ "$(printf '%s\\n' "$2" "$4" | sort -V | tail -n 1)" = "$2" ] ;;
              *--configure*) [ "$(cat status)" != unpacked ] || echo installed >status ;;
              *-i*) [ ! -e dpkg-fails ] && [ ! -e damaged ] || exit 2; cat state/previous/picket.deb >version; echo installed >status ;;
            esac""";
    private static final String SYSTEMCTL = """
            case "$*" in
              *MainPID*) echo 7 ;;
              *ActiveState*) if grep -qxF "$(cat version)" good; then echo active; else echo activating; fi ;;
            esac""";

    @TempDir
    Path folder;

    @BeforeEach
    void aGateway() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/flock")), "flock is not installed");
        stub("apt-get", APT_GET);
        stub("apt-cache", "printf 'picket:\\n  Candidate: 2.0\\n'");
        stub("dpkg", DPKG);
        stub("dpkg-deb", "case $1 in -f) cat \"$2\" ;; *) [ ! -e damaged ] ;; esac");
        stub("dpkg-query", "case $3 in *Status*) cat status ;; *) cat version ;; esac");
        stub("systemctl", SYSTEMCTL);
        put("version", "1.0");
        put("status", "installed");
        put("good", "1.0\n2.0");
    }

    @Test
    void aVersionThatBecomesReadyStays() throws Exception {
        assertThat(run()).isZero();
        assertThat(version()).isEqualTo("2.0");
        assertThat(step()).isEqualTo("IDLE");
        assertThat(folder.resolve("state/previous")).doesNotExist();
    }

    @Test
    void aVersionThatDoesNotBecomeReadyGoesAndIsNotTriedAgain() throws Exception {
        put("good", "1.0");
        assertThat(run()).isEqualTo(3);
        assertThat(version()).isEqualTo("1.0");
        assertThat(step()).isEqualTo("IDLE");
        put("good", "1.0\n2.0");
        assertThat(run()).isZero();
        assertThat(version()).isEqualTo("1.0");
        assertThat(said()).contains("2.0 failed here before");
    }

    @Test
    void whatAptCouldNotBeginIsTriedAgain() throws Exception {
        put("apt-fails", "");
        assertThat(run()).isEqualTo(75);
        assertThat(version()).isEqualTo("1.0");
        assertThat(step()).isEqualTo("IDLE");
        Files.delete(folder.resolve("apt-fails"));
        assertThat(run()).isZero();
        assertThat(version()).isEqualTo("2.0");
        assertThat(calls().lines().filter(call -> call.contains(" download ")))
                .as("the old package is fetched once")
                .hasSize(1);
    }

    @Test
    void anotherPackageThatFailsIsNoReasonToGoBack() throws Exception {
        put("another-fails", "");
        assertThat(run()).isZero();
        assertThat(version()).isEqualTo("2.0");
    }

    @Test
    void whatAptLeavesHalfDoneGoesBackAndIsTriedAgain() throws Exception {
        put("apt-breaks", "");
        assertThat(run()).isEqualTo(3);
        assertThat(version()).isEqualTo("1.0");
        Files.delete(folder.resolve("apt-breaks"));
        assertThat(run()).isZero();
        assertThat(version()).isEqualTo("2.0");
    }

    @Test
    void aWayBackThatFailsGoesOnInTheNextRun() throws Exception {
        cutOffWhileUpgrading();
        put("good", "1.0");
        put("dpkg-fails", "");
        assertThat(run()).isEqualTo(2);
        assertThat(step()).isEqualTo("GOING-BACK 1.0 2.0");
        Files.delete(folder.resolve("dpkg-fails"));
        assertThat(run()).isEqualTo(3);
        assertThat(version()).isEqualTo("1.0");
        assertThat(step()).isEqualTo("IDLE");
    }

    @Test
    void anOldPackageThatIsDamagedOnTheDiskIsFetchedAnew() throws Exception {
        cutOffWhileUpgrading();
        put("good", "1.0");
        put("damaged", "");
        assertThat(run()).isEqualTo(3);
        assertThat(version()).isEqualTo("1.0");
        assertThat(step()).isEqualTo("IDLE");
    }

    @Test
    void aLaterVersionTakesThePlaceOfAnOldOneThatCannotComeBack() throws Exception {
        cutOffWhileUpgrading();
        put("good", "3.0");
        put("damaged", "");
        put("no-way-back", "");
        assertThat(run()).isEqualTo(2);
        assertThat(run()).as("2.0 is not tried again").isEqualTo(2);
        assertThat(calls()).doesNotContain(" install ");
        stub("apt-cache", "printf 'picket:\\n  Candidate: 3.0\\n'");
        put("apt-fails", "");
        assertThat(run()).isEqualTo(2);
        assertThat(step()).as("1.0 is still what it goes back to").isEqualTo("GOING-BACK 1.0 2.0");
        Files.delete(folder.resolve("apt-fails"));
        assertThat(run()).isZero();
        assertThat(version()).isEqualTo("3.0");
        assertThat(step()).isEqualTo("IDLE");
    }

    @Test
    void anOldAgentThatIsNotReadyEitherKeepsNoLaterVersionAway() throws Exception {
        put("good", "3.0");
        assertThat(run()).isEqualTo(2);
        assertThat(step()).isEqualTo("IDLE");
        assertThat(calls()).contains("systemctl --no-block restart").doesNotContain("systemctl restart");
        stub("apt-cache", "printf 'picket:\\n  Candidate: 3.0\\n'");
        assertThat(run()).isZero();
        assertThat(version()).isEqualTo("3.0");
    }

    @Test
    void aPackageThatWasUnpackedAsThePowerWentIsConfiguredWithoutAQuestion() throws Exception {
        cutOffWhileUpgrading();
        put("status", "unpacked");
        assertThat(run()).isZero();
        assertThat(calls()).contains("dpkg --force-confold --configure -a").doesNotContain(" install ");
        assertThat(step()).isEqualTo("IDLE");
    }

    @Test
    void withoutAWayBackNothingBegins() throws Exception {
        put("no-way-back", "");
        assertThat(run()).isEqualTo(69);
        assertThat(version()).isEqualTo("1.0");
        assertThat(calls()).doesNotContain(" install ");
    }

    private void cutOffWhileUpgrading() throws IOException {
        Files.createDirectories(folder.resolve("state/previous"));
        put("state/previous/picket.deb", "1.0");
        put("state/step", "UPGRADING 1.0 2.0");
        put("version", "2.0");
    }

    private void put(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text + "\n");
    }

    /** A program of this name that writes down how it was called; it works in the folder, wherever it was called from. */
    private void stub(String name, String body) throws IOException {
        Path program = Files.createDirectories(folder.resolve("bin")).resolve(name);
        Files.writeString(
                program,
                "#!/bin/sh\nOLDPWD_OF_CALLER=$PWD\ncd '%s' || exit 1\necho \"%s $*\" >>calls\n%s\n"
                        .formatted(folder, name, body));
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    private int run() throws Exception {
        ProcessBuilder builder = new ProcessBuilder("sh", SCRIPT.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile());
        builder.environment().merge("PATH", "", (path, none) -> folder.resolve("bin") + ":" + path);
        builder.environment()
                .put("PICKET_UPGRADE_STATE", folder.resolve("state").toString());
        for (String bound : new String[] {"READY", "SETTLE", "LOCK"}) {
            builder.environment().put("PICKET_UPGRADE_" + bound, "0");
        }
        Process process = builder.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String version() throws IOException {
        return text("version");
    }

    private String step() throws IOException {
        return text("state/step");
    }

    private String said() throws IOException {
        return text("said");
    }

    private String calls() throws IOException {
        return text("calls");
    }

    private String text(String name) throws IOException {
        return Files.readString(folder.resolve(name), StandardCharsets.UTF_8).strip();
    }
}
