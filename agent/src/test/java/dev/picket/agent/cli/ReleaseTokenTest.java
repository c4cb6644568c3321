package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.uplink.SoftHsm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Root's and targets' keys in a PKCS#11 token, SoftHSM's. Its library reads its configuration from the environment, so the
 * commands run in a process of their own.
 */
class ReleaseTokenTest {
    @TempDir
    Path folder;

    private SoftHsm token;

    @BeforeEach
    void aTokenWithTwoKeysThatKeytoolMade() throws Exception {
        token = SoftHsm.make(folder);
        for (String alias : List.of("root-token", "targets-token")) {
            keytool(alias);
        }
    }

    @Test
    void keysThatNeverLeaveTheirTokenSignRootAndTargets() throws Exception {
        String said = token.java(ReleaseTokenTest.class, folder.toString());

        assertThat(said).contains("Whole:").contains("root 3 is good until");
        assertThat(folder.resolve("repo/tree/metadata/2.targets.json"))
                .content()
                .contains("\"keyid\"");
        assertThat(folder.resolve("repo/tree/metadata/3.root.json")).content().contains("ecdsa-sha2-nistp256");
        assertThat(said).doesNotContain(SoftHsm.PIN);
        Files.writeString(folder.resolve(SoftHsm.PIN_FILE), "000000\n");
        assertThat(token.java(ReleaseTokenTest.class, folder.toString(), "wrong"))
                .contains("the PIN is right")
                .hasLineCount(1);
    }

    /** The commands, in the process whose environment names the token. */
    public static void main(String... args) throws Exception {
        Path folder = Path.of(args[0]);
        ReleaseDesk desk = new ReleaseDesk(folder);
        String[] token = {"--token", desk.path(SoftHsm.CONFIG), "--pin-file", desk.path(SoftHsm.PIN_FILE)};
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
        token.run(
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
                folder.resolve(SoftHsm.CONFIG).toString(),
                "-storepass:file",
                folder.resolve(SoftHsm.PIN_FILE).toString());
    }
}
