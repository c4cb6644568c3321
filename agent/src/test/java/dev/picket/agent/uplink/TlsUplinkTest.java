package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.journal.Verdicts;
import dev.picket.agent.tls.TestAuthority;
import dev.picket.agent.tls.TestAuthority.Issued;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The uplink over TLS to a real broker: what it takes, and what it says when it does not. */
class TlsUplinkTest {
    private static final int ROWS = 50;

    @TempDir
    Path folder;

    private final TestAuthority plant = new TestAuthority("Plant CA");
    private String ca;
    private String pair;

    @BeforeEach
    void writeAuthority() {
        ca = "ca: \"" + plant.write(folder.resolve("ca.pem")) + "\"";
        pair = "certificate: \"%s\", key: \"%s\"".formatted(folder.resolve("client.pem"), folder.resolve("client.key"));
    }

    private TlsBroker broker() throws IOException, InterruptedException {
        return TlsBroker.askingForCertificates(folder, plant.server(), plant);
    }

    private void client(Issued issued) throws IOException {
        issued.write(folder.resolve("client.pem"), folder.resolve("client.key"));
    }

    private void sends(TlsBroker broker, UplinkConfig config) throws Exception {
        try (Subscriber consumer = new Subscriber(broker.plain(), "consumer", "picket/v1/+/+/verdict/#");
                Agent agent = new Agent(folder, config).start()) {
            List<Verdict> rows = new ArrayList<>();
            IntStream.range(0, ROWS).forEach(i -> rows.add(Verdicts.routine("r" + i)));
            agent.journal.append(rows, Map.of());
            assertThat(consumer.awaits(c -> c.ids().size() == ROWS)).isTrue();
            assertThat(agent.awaits(depth -> depth.total() == 0)).isTrue();
        }
    }

    private void failsWith(UplinkConfig config, String... parts) {
        assertThatThrownBy(() -> Configs.link(config)
                        .open(Message.retained("will", new byte[0]), Duration.ZERO, new ConnectionListener() {
                            @Override
                            public void arrived(Incoming message) {}

                            @Override
                            public void lost(Ending ending) {}
                        }))
                .isInstanceOf(BrokerUnavailableException.class)
                .message()
                .contains(parts)
                .doesNotContain("\n");
    }

    @Test
    void aPairInPemAndAPrivateAuthorityCarryEveryVerdict() throws Exception {
        client(plant.client("press-4"));
        try (TlsBroker broker = broker()) {
            sends(broker, broker.config("localhost", ca, pair));
            assertThat(broker.log()).contains("u'press-4'");
        }
    }

    @Test
    void aPairOfRsaInAPkcs12FileCarriesEveryVerdict() throws Exception {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        Issued issued =
                plant.issue("press-4", rsa.generateKeyPair(), Instant.now().plus(Duration.ofDays(1)));
        Path store = store(issued, "s3cret");
        TestAuthority.put(folder.resolve("store-password"), "s3cret\n", "rw-------");
        String keyStore =
                "key-store: \"%s\", key-store-password-file: \"%s\"".formatted(store, folder.resolve("store-password"));
        try (TlsBroker broker = broker()) {
            sends(broker, broker.config("127.0.0.1", ca, keyStore));
        }
        TestAuthority.put(folder.resolve("store-password"), "wrong\n", "rw-------");
        try (TlsBroker broker = broker()) {
            failsWith(
                    broker.config("localhost", ca, keyStore),
                    "uplink.tls.key-store: " + store,
                    "the password in uplink.tls.key-store-password-file right?");
        }
    }

    private Path store(Issued issued, String password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        Certificate[] chain = {issued.certificate(), plant.certificate()};
        store.setKeyEntry("press-4", issued.keys().getPrivate(), password.toCharArray(), chain);
        Path file = folder.resolve("client.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, password.toCharArray());
        }
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    @Test
    void aMissingClientCertificateIsToldAsSuch() throws Exception {
        try (TlsBroker broker = broker()) {
            failsWith(
                    broker.config("localhost", ca),
                    "the broker asks for a client certificate; set uplink.tls.certificate and uplink.tls.key");
        }
        try (TlsBroker old = TlsBroker.askingForCertificates(folder, plant.server(), plant, "tls_version tlsv1.2")) {
            failsWith(old.config("localhost", ca), "the broker asks for a client certificate");
        }
    }

    @Test
    void aClientCertificateThatIsOverOrOfAnotherAuthorityIsToldAsSuch() throws Exception {
        try (TlsBroker broker = broker()) {
            client(plant.issue("press-4", Instant.now().minus(Duration.ofDays(1))));
            failsWith(broker.config("localhost", ca, pair), "our certificate is over; renew it");
            client(new TestAuthority("Other CA").client("press-4"));
            failsWith(broker.config("localhost", ca, pair), "does not know the authority that issued our certificate");
        }
    }

    @Test
    void aBrokerOfAnotherAuthorityOrHostOrTimeIsRefused() throws Exception {
        Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
        try (TlsBroker broker = new TlsBroker(folder, new TestAuthority("Other CA").server())) {
            failsWith(
                    broker.config("localhost", ca),
                    "was not issued by an authority in " + folder.resolve("ca.pem"),
                    "set uplink.tls.ca");
            failsWith(broker.config("localhost"), "was not issued by an authority that the Java runtime knows");
            broker.restart(plant.issue("broker", tomorrow, "broker.plant"));
            failsWith(broker.config("localhost", ca), "certificate is for another host than 'localhost'");
            broker.restart(plant.issue("broker", tomorrow, "localhost"));
            failsWith(broker.config("127.0.0.1", ca), "certificate is for another host than '127.0.0.1'");
            broker.restart(plant.issue("broker", Instant.now().minus(Duration.ofDays(1)), "localhost"));
            failsWith(broker.config("localhost", ca), "the broker's certificate is over", "clock right");
        }
    }

    @Test
    void aPortThatDoesNotSpeakTlsIsToldAsSuch() throws Exception {
        try (Mosquitto plain = Mosquitto.start(folder)) {
            failsWith(
                    TlsBroker.config(
                            folder,
                            java.net.URI.create(
                                    "mqtts://localhost:" + plain.uri().getPort()),
                            ca),
                    "No connection to mqtts://localhost");
        }
    }

    @Test
    void filesThatCannotBeUsedAreNamed() throws Exception {
        try (TlsBroker broker = broker()) {
            failsWith(broker.config("localhost", ca, pair), "uplink.tls.certificate: " + folder, "is not there");
            client(plant.client("press-4"));
            Files.setPosixFilePermissions(folder.resolve("client.key"), PosixFilePermissions.fromString("rw-r--r--"));
            failsWith(broker.config("localhost", ca, pair), "uplink.tls.key: " + folder, "chmod 0600");
            Issued other = plant.client("press-5");
            client(other);
            plant.client("press-4").write(folder.resolve("client.pem"), folder.resolve("unused.key"));
            failsWith(broker.config("localhost", ca, pair), "the key does not belong to the first certificate");
            TestAuthority.put(folder.resolve("client.pem"), "-----BEGIN CERTIFICATE-----\nMIIB", "rw-r--r--");
            failsWith(broker.config("localhost", ca, pair), "uplink.tls.certificate: " + folder, "damaged");
            Files.writeString(folder.resolve("ca.pem"), "");
            failsWith(broker.config("localhost", ca), "uplink.tls.ca: " + folder, "holds no PEM certificate");
        }
    }
}
