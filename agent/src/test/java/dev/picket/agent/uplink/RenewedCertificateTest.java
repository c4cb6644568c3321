package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.journal.Verdict;
import dev.picket.agent.journal.Verdicts;
import dev.picket.agent.read.Until;
import dev.picket.agent.tls.BrokerCredentials;
import dev.picket.agent.tls.TestAuthority;
import dev.picket.agent.tls.TestAuthority.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and passwords that change under a running agent. */
class RenewedCertificateTest {
    private static final Duration YEAR = Duration.ofDays(365);

    @TempDir
    Path folder;

    private final TestAuthority plant = new TestAuthority("Plant CA");
    private String keys;
    private int written;

    @BeforeEach
    void writeAuthority() {
        plant.write(folder.resolve("ca.pem"));
        keys = "ca: \"%s\", certificate: \"%s\", key: \"%s\""
                .formatted(folder.resolve("ca.pem"), folder.resolve("client.pem"), folder.resolve("client.key"));
    }

    private void client(Issued issued) throws IOException {
        issued.write(folder.resolve("client.pem"), folder.resolve("client.key"));
    }

    private TlsBroker broker(String... more) throws IOException, InterruptedException {
        return TlsBroker.askingForCertificates(folder, plant.server(), plant, more);
    }

    private record Running(Agent agent, BrokerCredentials credentials) implements AutoCloseable {
        @Override
        public void close() {
            agent.close();
        }
    }

    private Running start(UplinkConfig config) throws Exception {
        BrokerCredentials credentials = new BrokerCredentials(config, Map.of(), Clock.systemUTC());
        PahoLink link = new PahoLink(config, Configs.GATEWAY, credentials);
        return new Running(new Agent(folder, config, link, List.of()).start(), credentials);
    }

    private void append(Running running, int count) throws Exception {
        List<Verdict> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(Verdicts.routine("r" + written++));
        }
        running.agent().journal.append(rows, Map.of());
    }

    private void awaitSession(Running running, long session) throws Exception {
        Until.holds("session " + session + " is up", () -> running.agent().session() >= session);
    }

    @Test
    void aRenewedPairIsTakenUpWhileRowsFlowAndNoVerdictIsLost() throws Exception {
        client(plant.client("first"));
        try (TlsBroker broker = broker();
                Subscriber consumer = new Subscriber(broker.plain(), "consumer", "picket/v1/+/+/verdict/#");
                Running running = start(broker.config("localhost", keys))) {
            running.agent().awaitUp();
            append(running, 500);
            client(plant.client("second"));
            awaitSession(running, 2);
            append(running, 500);
            assertThat(consumer.awaits(c -> c.ids().size() == 1_000)).isTrue();
            assertThat(running.agent().awaits(depth -> depth.total() == 0)).isTrue();
            assertThat(running.agent().session()).as("one calm reconnection").isEqualTo(2);
            assertThat(broker.log()).contains("u'first'").contains("u'second'");
            assertThat(running.credentials().troubles()).isEmpty();
        }
    }

    @Test
    void aRevokedPairKeepsTheVerdictsUntilANewOneIsThere() throws Exception {
        Issued first = plant.client("first");
        client(first);
        plant.revoke(folder.resolve("revoked.pem"));
        try (TlsBroker broker = broker("crlfile " + folder.resolve("revoked.pem"));
                Subscriber consumer = new Subscriber(broker.plain(), "consumer", "picket/v1/+/+/verdict/#");
                Running running = start(broker.config("localhost", keys))) {
            running.agent().awaitUp();
            plant.revoke(folder.resolve("revoked.pem"), first.certificate());
            broker.restart(plant.server());
            Until.holds(
                    "the broker refused the revoked one",
                    () -> running.credentials().troubles().toString().contains("our certificate is revoked"));
            append(running, 200);
            assertThat(running.agent().journal.depth().total()).isEqualTo(200);
            client(plant.client("second"));
            consumer.reconnect();
            assertThat(consumer.awaits(c -> c.ids().size() == 200)).isTrue();
            assertThat(running.agent().awaits(depth -> depth.total() == 0)).isTrue();
            assertThat(broker.log()).contains("u'second'");
            assertThat(running.credentials().troubles()).isEmpty();
        }
    }

    @Test
    void aBrokenNewPairIsToldAndTheOldConnectionGoesOn() throws Exception {
        client(plant.client("first"));
        try (TlsBroker broker = broker();
                Subscriber consumer = new Subscriber(broker.plain(), "consumer", "picket/v1/+/+/verdict/#");
                Running running = start(broker.config("localhost", keys))) {
            running.agent().awaitUp();

            Issued second = plant.client("second");
            second.write(folder.resolve("client.pem"), folder.resolve("beside.key"));
            awaitTrouble(running, "the key does not belong to the first certificate");
            TestAuthority.put(folder.resolve("client.pem"), "half a fi", "rw-r--r--");
            awaitTrouble(running, "client.pem is damaged or no PEM certificate");
            client(plant.issue("over", Instant.now().minusSeconds(60)));
            awaitTrouble(running, "is over since");
            client(new TestAuthority("Other CA").client("foreign"));
            awaitTrouble(running, "does not know the authority that issued our certificate");

            append(running, 100);
            assertThat(consumer.awaits(c -> c.ids().size() == 100)).isTrue();
            assertThat(running.agent().session()).as("the old connection").isEqualTo(1);

            client(second);
            awaitSession(running, 2);
            assertThat(broker.log()).contains("u'second'").doesNotContain("u'foreign'");
            Until.holds(
                    "all is in order", () -> running.credentials().troubles().isEmpty());
        }
    }

    private static void awaitTrouble(Running running, String sentence) throws Exception {
        Until.holds(
                sentence,
                () -> running.credentials().troubles().stream()
                        .anyMatch(each -> each.contains(sentence) && each.endsWith("; the old one goes on")));
    }

    @Test
    void aPairThatEndsSoonIsReportedWithItsEnd() throws Exception {
        Instant end = Instant.now().plus(Duration.ofDays(12)).plusSeconds(3_600);
        client(plant.issue("press-4", end));
        try (TlsBroker broker = broker();
                Running running = start(broker.config("localhost", keys))) {
            running.agent().awaitUp();
            assertThat(running.credentials().certificates())
                    .extracting(each -> each.role() + " " + each.subject())
                    .containsExactly("client CN=press-4", "authority CN=Plant CA");
            assertThat(running.credentials().troubles())
                    .singleElement()
                    .asString()
                    .contains("client certificate CN=press-4 ends in 12 days", "renew uplink.tls.certificate");
            client(plant.issue("press-4", Instant.now().plus(YEAR)));
            awaitSession(running, 2);
            assertThat(running.credentials().troubles()).isEmpty();
        }
    }

    @Test
    void aPasswordChangedOnDiskIsTakenUpAtTheNextConnection() throws Exception {
        Path passwords = folder.resolve("passwords");
        Path secret = TestAuthority.put(folder.resolve("secret"), "first\n", "rw-------");
        brokerPassword(passwords, "first");
        try (Mosquitto broker = Mosquitto.start(folder, "allow_anonymous false", "password_file " + passwords)) {
            Path file = Files.writeString(folder.resolve("uplink.yml"), """
                    gateway: { site: plant, name: press-4 }
                    uplink: { broker: "%s", username: press, password-file: "%s", retry-first: 20ms, retry-most: 100ms }
                    """.formatted(broker.uri(), secret));
            UplinkConfig config =
                    dev.picket.agent.config.ConfigLoader.load(file, Map.of()).uplink();
            try (Running running = start(config)) {
                running.agent().awaitUp();
                brokerPassword(passwords, "second");
                broker.stop();
                broker.start();
                Until.holds("it is away", () -> running.agent().session() < 0);
                TestAuthority.put(secret, "second\n", "rw-------");
                awaitSession(running, 2);
            }
        }
    }

    private static void brokerPassword(Path file, String password) throws IOException, InterruptedException {
        Files.deleteIfExists(file);
        assertThat(new ProcessBuilder("mosquitto_passwd", "-b", "-c", file.toString(), "press", password)
                        .start()
                        .waitFor())
                .isZero();
    }
}
