package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.picket.agent.RunningAgent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a command believes of the runtime folder, which is the agent's and not its own. */
class LocalAgentTest {
    private static final String TOKEN = "0123456789abcdef".repeat(4);

    @TempDir
    Path folder;

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private HttpServer listener;
    private Path runtime;

    @BeforeEach
    void somebodyListens() throws IOException {
        RunningAgent.configure(folder);
        runtime = Files.createDirectories(folder.resolve("run"));
        listener = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        listener.createContext("/", exchange -> {
            heard.add(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
        });
        listener.start();
        Files.writeString(
                runtime.resolve("address"),
                "http://127.0.0.1:" + listener.getAddress().getPort() + "/");
        Files.writeString(runtime.resolve("token"), TOKEN);
    }

    @AfterEach
    void itEnds() {
        listener.stop(0);
    }

    @Test
    void theTokenGoesToTheAddress() {
        status().saysOneSentence(ExitCode.UNAVAILABLE, "answered 500");
        assertThat(heard).containsExactly("Bearer " + TOKEN);
    }

    @Test
    void noSecretThatATokenLinksToGoesAnywhere() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "f".repeat(64));
        Files.delete(runtime.resolve("token"));
        Files.createSymbolicLink(runtime.resolve("token"), secret);
        status().saysOneSentence(ExitCode.UNAVAILABLE, "no plain file");
        assertThat(heard).isEmpty();
    }

    @Test
    void whatIsNoTokenGoesNowhere() throws Exception {
        Files.writeString(runtime.resolve("token"), "a password of somebody");
        status().saysOneSentence(ExitCode.UNAVAILABLE, "token", "no agent writes there");
        assertThat(heard).isEmpty();
    }

    @Test
    void aDeviceOrAnEndlessFileIsReadToNoEnd() throws Exception {
        Files.delete(runtime.resolve("token"));
        Files.createSymbolicLink(runtime.resolve("token"), Path.of("/dev/zero"));
        status().saysOneSentence(ExitCode.UNAVAILABLE, "no plain file");
        Files.delete(runtime.resolve("token"));
        Files.writeString(runtime.resolve("token"), "0".repeat(1_000));
        status().saysOneSentence(ExitCode.UNAVAILABLE, "more than 256 bytes");
    }

    @Test
    void anAddressElsewhereIsNotCalled() throws Exception {
        for (String address : List.of(
                "http://192.0.2.1:80/",
                "https://127.0.0.1:1/",
                "http://elsewhere.example/",
                "file:///etc/passwd",
                "",
                "::")) {
            Files.writeString(runtime.resolve("address"), address);
            status().saysOneSentence(ExitCode.UNAVAILABLE, "address", "no agent writes there");
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void aBundleHoldsNoNameThatLeadsElsewhere() throws Exception {
        ObjectNode bundle = (ObjectNode)
                new ObjectMapper().readTree("{\"journal\":{},\"../../evil\":{},\"/abs\":{},\"status\":{}}");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SupportBundleCommand.zip(bundle, out);
        List<String> names = new CopyOnWriteArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(out.toByteArray()))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                names.add(entry.getName());
            }
        }
        assertThat(names).containsExactly("journal.json", "status.json");
    }

    private Shell.Ended status() {
        return Shell.run("status", "--config", folder.resolve("picket.yml").toString());
    }
}
