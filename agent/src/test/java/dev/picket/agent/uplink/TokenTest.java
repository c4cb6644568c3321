package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A key that never leaves its PKCS#11 token, SoftHSM's. Its library reads its configuration from the environment, so the agent
 * runs in a process of its own.
 */
class TokenTest {
    private static final int ROWS = 20;

    @TempDir
    Path folder;

    private final TestAuthority plant = new TestAuthority("Plant CA");
    private SoftHsm token;

    @BeforeEach
    void makeToken() throws IOException, InterruptedException {
        token = SoftHsm.make(folder);
        plant.write(folder.resolve("ca.pem"));
    }

    @Test
    void aKeyInATokenCarriesEveryVerdict() throws Exception {
        Issued issued = plant.client("press-4");
        issued.write(folder.resolve("client.pem"), folder.resolve("client.key"));
        try (TlsBroker broker = TlsBroker.askingForCertificates(folder, plant.server(), plant);
                Subscriber consumer = new Subscriber(broker.plain(), "consumer", "picket/v1/+/+/verdict/#")) {
            token.java(
                    TokenTest.class, folder.toString(), broker.uri("localhost").toString());
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
                "pkcs11-config: \"%s\"".formatted(folder.resolve(SoftHsm.CONFIG)),
                "pkcs11-pin-file: \"%s\"".formatted(folder.resolve(SoftHsm.PIN_FILE)));
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
                        .configure(folder.resolve(SoftHsm.CONFIG).toString()));
        token.load(null, SoftHsm.PIN.toCharArray());
        Issued pair = Issued.read(folder.resolve("client.pem"), folder.resolve("client.key"));
        token.setKeyEntry("press-4", pair.keys().getPrivate(), null, new Certificate[] {pair.certificate()});
    }
}
