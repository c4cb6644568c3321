package dev.picket.agent.cli;

import dev.picket.agent.tls.TestAuthority;
import dev.picket.agent.uplink.TlsBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fleet's commands over TLS to a broker that asks for certificates; the words are an agent's. */
class FleetTlsTest {
    @TempDir
    Path folder;

    @Test
    void aConsoleProvesItselfWithItsCertificate() throws Exception {
        TestAuthority plant = new TestAuthority("Plant CA");
        Path ca = plant.write(folder.resolve("ca.pem"));
        plant.client("desk").write(folder.resolve("desk.pem"), folder.resolve("desk.key"));
        try (TlsBroker broker = TlsBroker.askingForCertificates(folder, plant.server(), plant)) {
            String uri = broker.uri("localhost").toString();
            // Nobody is there to answer: the broker has taken the request.
            ping(uri, "ca=" + ca, "certificate=" + folder.resolve("desk.pem"), "key=" + folder.resolve("desk.key"))
                    .saysOneSentence(69, "no answer");
            ping(uri, "ca=" + ca).saysOneSentence(69, "No connection to mqtts://localhost", "certificate");
            ping(uri, "cert=" + ca).saysOneSentence(64, "tls.cert", "there is no such key", "the command line");
        }
    }

    private static Shell.Ended ping(String broker, String... tls) {
        List<String> words =
                new ArrayList<>(List.of("fleet", "send", "ping", "--site", "plant", "--gateway", "press-4"));
        words.addAll(List.of("--broker", broker, "--wait", "300ms"));
        for (String each : tls) {
            words.addAll(List.of("--tls", each));
        }
        return Shell.run(words.toArray(String[]::new));
    }
}
