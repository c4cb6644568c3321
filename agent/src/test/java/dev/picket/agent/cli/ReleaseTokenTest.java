package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Root's and targets' keys in a PKCS#11 token, SoftHSM's. Its library reads its configuration from the environment, so the
 * commands run in a process of their own.
 */
class ReleaseTokenTest {
    private static final String PIN = "271828";

    @TempDir
    Path folder;

    private Path settings;

    @BeforeEach
    void aTokenWithTwoKeysThatKeytoolMade() throws Exception {
        Optional<Path> library = Stream.of("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so")
                .map(Path::of)
                .filter(Files::exists)
                .findFirst();
        assumeTrue(library.isPresent(), "softhsm2 is not installed (apt install softhsm2), so no token is tried");
        Files.createDirectory(folder.resolve("tokens"));
        settings = Files.writeString(
                folder.resolve("softhsm2.conf"), "directories.tokendir = " + folder.resolve("tokens") + "\n");
        run("softhsm2-util", "--init-token", "--free", "--label", "picket", "--pin", PIN, "--so-pin", "314159");
        Files.writeString(
                folder.resolve("token.cfg"), "name = office\nlibrary = " + library.get() + "\nslotListIndex = 0\n");
        Files.writeString(folder.resolve("pin"), PIN + "\n");
        for (String alias : List.of("root-token", "targets-token")) {
            keytool(alias);
        }
    }

    @Test
    void keysThatNeverLeaveTheirTokenSignRootAndTargets() throws Exception {
        String said = java(folder.toString());

        assertThat(said).contains("Whole:").contains("root 3 is good until");
        assertThat(folder.resolve("repo/tree/metadata/2.targets.json"))
                .content()
                .contains("\"keyid\"");
        assertThat(folder.resolve("repo/tree/metadata/3.root.json")).content().contains("ecdsa-sha2-nistp256");
        assertThat(said).doesNotContain(PIN);
        Files.writeString(folder.resolve("pin"), "000000\n");
        assertThat(java(folder.toString(), "wrong"))
                .contains("the PIN is right")
                .hasLineCount(1);
    }

    /** The commands, in the process whose environment names the token. */
    public static void main(String... args) throws Exception {
        Path folder = Path.of(args[0]);
        ReleaseDesk desk = new ReleaseDesk(folder);
        String[] token = {"--token", desk.path("token.cfg"), "--pin-file", desk.path("pin")};
        if (args.length > 1) {
            assertThat(desk.run(desk.withKeys(with(token, "key", "renew")))).isEqualTo(ExitCode.DATA);
            System.out.print(desk.err());
            return;
        }
        desk.init();
        desk.fill();
        desk.okWithKeys("publish", desk.path("www"));
        for (String role : List.of("root", "targets")) {
            desk.okWithKeys(with(token, "key", "rotate", role, "--alias", role + "-token"));
        }
        desk.okWithKeys(with(token, "publish", desk.path("www")));
        // From here on the files are of no use: the token alone signs what is offline.
        Files.delete(folder.resolve("repo/keys/offline/root-1.json"));
        Files.delete(folder.resolve("repo/keys/offline/targets-1.json"));
        desk.addSet("exam two");
        desk.okWithKeys(with(token, "key", "renew"));
        desk.okWithKeys(with(token, "publish", desk.path("www")));
        System.out.println(desk.ok("verify", desk.path("www")));
    }

    private static String[] with(String[] token, String... words) {
        return Stream.concat(Stream.of(words), Stream.of(token)).toArray(String[]::new);
    }

    private void keytool(String alias) throws Exception {
        run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + alias,
                "-storetype",
                "PKCS11",
                "-keystore",
                "NONE",
                "-providerClass",
                "sun.security.pkcs11.SunPKCS11",
                "-providerArg",
                folder.resolve("token.cfg").toString(),
                "-storepass:file",
                folder.resolve("pin").toString());
    }

    private String java(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                ReleaseTokenTest.class.getName()));
        command.addAll(List.of(args));
        return run(command.toArray(String[]::new));
    }

    private String run(String... command) throws IOException, InterruptedException {
        Path said = folder.resolve("said");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("SOFTHSM2_CONF", settings.toString());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
        return Files.readString(said);
    }
}
