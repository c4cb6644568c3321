package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.picket.agent.tls.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PKCS#11 token of SoftHSM's, empty, in a folder. Its library reads its configuration from the environment, so whoever uses
 * the token runs in a process of its own.
 */
public final class SoftHsm {
    public static final String PIN = "271828";
    /** Java's configuration of the token, in the folder. */
    public static final String CONFIG = "token.cfg";
    /** The file with the PIN, in the folder. */
    public static final String PIN_FILE = "pin";

    private final Path folder;
    private final Path settings;

    private SoftHsm(Path folder) throws IOException {
        this.folder = folder;
        this.settings = Files.writeString(
                folder.resolve("softhsm2.conf"), "directories.tokendir = " + folder.resolve("tokens") + "\n");
    }

    /** Makes one; the test is skipped where SoftHSM is not installed. */
    public static SoftHsm make(Path folder) throws IOException, InterruptedException {
        Optional<Path> library = Stream.of("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so")
                .map(Path::of)
                .filter(Files::exists)
                .findFirst();
        assumeTrue(library.isPresent(), "softhsm2 is not installed (apt install softhsm2), so no token is tried");
        Files.createDirectory(folder.resolve("tokens"));
        SoftHsm token = new SoftHsm(folder);
        token.run("softhsm2-util", "--init-token", "--free", "--label", "picket", "--pin", PIN, "--so-pin", "314159");
        Files.writeString(
                folder.resolve(CONFIG), "name = office\nlibrary = " + library.get() + "\nslotListIndex = 0\n");
        TestAuthority.put(folder.resolve(PIN_FILE), PIN + "\n", "rw-------");
        return token;
    }

    /** What a class's main method says, with the token in reach. */
    public String java(Class<?> main, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(args));
        return run(command.toArray(String[]::new));
    }

    /** What a program says that has the token in reach, and must succeed. */
    public String run(String... command) throws IOException, InterruptedException {
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
