package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.picket.agent.journal.Verdict;
import dev.picket.agent.journal.Verdicts;
import dev.picket.agent.tls.TestAuthority;
import dev.picket.agent.tls.TestAuthority.Issued;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A key that never leaves its PKCS#11 token, SoftHSM's. Its library reads its configuration from the environment, so the agent
 * runs in a process of its own.
 */
class TokenTest {
    private static final String PIN = "271828";
    private static final int ROWS = 20;

    @TempDir
    Path folder;

    private final TestAuthority plant = new TestAuthority("Plant CA");
    private Path settings;

    @BeforeEach
    void makeToken() throws IOException, InterruptedException {
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
                folder.resolve("pkcs11.cfg"), "name = plant\nlibrary = " + library.get() + "\nslotListIndex = 0\n");
        TestAuthority.put(folder.resolve("pin"), PIN + "\n", "rw-------");
        plant.write(folder.resolve("ca.pem"));
    }

    @Test
    void aKeyInATokenCarriesEveryVerdict() throws Exception {
        Issued issued = plant.client("press-4");
        issued.write(folder.resolve("client.pem"), folder.resolve("client.key"));
        try (TlsBroker broker = TlsBroker.askingForCertificates(folder, plant.server(), plant);
                Subscriber consumer = new Subscriber(broker.plain(), "consumer", "picket/v1/+/+/verdict/#")) {
            java(folder.toString(), broker.uri("localhost").toString());
            assertThat(consumer.awaits(c -> c.ids().size() == ROWS)).isTrue();
            assertThat(broker.log()).contains("u'press-4'");
        }
    }

    /** Puts the pair into the token, as another tool would have, and sends over a connection proved with it. */
    public static void main(String... args) throws Exception {
        Path folder = Path.of(args[0]);
        importPair(folder);
        Files.delete(folder.resolve("client.key"));
        var config = TlsBroker.config(
                folder,
                URI.create(args[1]),
                "ca: \"%s\"".formatted(folder.resolve("ca.pem")),
                "pkcs11-config: \"%s\"".formatted(folder.resolve("pkcs11.cfg")),
                "pkcs11-pin-file: \"%s\"".formatted(folder.resolve("pin")));
        try (Agent agent = new Agent(folder, config).start()) {
            List<Verdict> rows = new ArrayList<>();
            for (int i = 0; i < ROWS; i++) {
                rows.add(Verdicts.routine("r" + i));
            }
            agent.journal.append(rows, Map.of());
            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
        }
    }

    private static void importPair(Path folder) throws Exception {
        KeyStore token = KeyStore.getInstance(
                "PKCS11",
                Security.getProvider("SunPKCS11")
                        .configure(folder.resolve("pkcs11.cfg").toString()));
        token.load(null, PIN.toCharArray());
        Issued pair = Issued.read(folder.resolve("client.pem"), folder.resolve("client.key"));
        token.setKeyEntry("press-4", pair.keys().getPrivate(), null, new Certificate[] {pair.certificate()});
    }

    private void java(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                TokenTest.class.getName()));
        command.addAll(List.of(args));
        run(command.toArray(String[]::new));
    }

    private void run(String... command) throws IOException, InterruptedException {
        Path said = folder.resolve("said");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("SOFTHSM2_CONF", settings.toString());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(() -> {
                    try {
                        return Files.readString(said);
                    } catch (IOException e) {
                        return e.toString();
                    }
                })
                .isZero();
    }
}
