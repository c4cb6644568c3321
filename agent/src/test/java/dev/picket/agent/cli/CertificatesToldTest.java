package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.RunningAgent;
import dev.picket.agent.tls.TestAuthority;
import dev.picket.agent.uplink.Subscriber;
import dev.picket.agent.uplink.TlsBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a person meets a certificate that ends soon: status, check, report and metrics. */
class CertificatesToldTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void aCertificateThatEndsSoonIsToldEverywhereBeforeItEnds() throws Exception {
        TestAuthority plant = new TestAuthority("Plant CA");
        plant.write(folder.resolve("ca.pem"));
        plant.issue("press-4", Instant.now().plus(Duration.ofDays(5)).plusSeconds(3_600))
                .write(folder.resolve("client.pem"), folder.resolve("client.key"));
        try (TlsBroker broker = TlsBroker.askingForCertificates(folder, plant.server(), plant);
                Subscriber fleet = new Subscriber(broker.plain(), "fleet", "picket/v1/+/+/report");
                RunningAgent agent = RunningAgent.start(
                        folder,
                        "uplink: { broker: \"%s\", tls: { ca: \"%s\", certificate: \"%s\", key: \"%s\" } }"
                                .formatted(
                                        broker.uri("localhost"),
                                        folder.resolve("ca.pem"),
                                        folder.resolve("client.pem"),
                                        folder.resolve("client.key")))) {
            String config = agent.config().toString();
            JsonNode status = agent.awaitStatus(
                    "it is connected", now -> now.path("uplink").asText().equals("connected"));
            assertThat(status.path("certificates").findValuesAsText("subject"))
                    .containsExactly("CN=press-4", "CN=Plant CA");

            Shell.Ended told = Shell.run("status", "--config", config);
            assertThat(told.out())
                    .contains("client     CN=press-4 until")
                    .contains("trouble    The client certificate CN=press-4 ends in 5 days");

            Shell.Ended check = Shell.run("check", "--config", config);
            assertThat(check.code()).isEqualTo(ExitCode.FINDINGS);
            assertThat(check.out())
                    .contains("uplink.tls: a handshake was made with TLSv1.3")
                    .contains("uplink.tls: The client certificate CN=press-4 ends in 5 days");

            assertThat(agent.get("/prometheus").body())
                    .containsPattern("picket_certificate_remaining_seconds 4[0-9]{5}");

            assertThat(fleet.awaits(f -> f.all().stream().anyMatch(got -> ends(got) == 2)))
                    .isTrue();
        }
    }

    private static int ends(Subscriber.Got got) {
        try {
            return JSON.readTree(got.payload()).path("certificates").size();
        } catch (java.io.IOException e) {
            return -1;
        }
    }
}
