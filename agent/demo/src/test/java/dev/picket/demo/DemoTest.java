package dev.picket.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.cli.Cli;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code picket demo} as a machine runs it: its last line, its exit code, and what it leaves behind. */
class DemoTest {
    private static final PrintStream OUT = System.out;
    private static final PrintStream ERR = System.err;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void aReleasedModelAndATerminal() {
        Path released = Path.of(System.getenv("PICKET_ROOT"), "models", "released", "base", "base.json");
        assertTrue(Files.exists(released), "There is no released model at " + released);
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void theRealTerminal() {
        System.setOut(OUT);
        System.setErr(ERR);
    }

    @Test
    void twelveSecondsOfItGiveOneObjectWhoseCountsAgree() throws Exception {
        int port = freePort();

        int code = Cli.execute(new Demo(), "--for", "12s", "--json", "--http-port", Integer.toString(port));

        assertThat(code).as(err.toString(StandardCharsets.UTF_8)).isZero();
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(1);
        JsonNode json = new ObjectMapper().readTree(lines.getLast());
        long readings = json.path("readings").asLong();
        assertThat(readings).isGreaterThan(10);
        assertThat(json.path("verdicts").asLong()).isEqualTo(readings);
        assertThat(json.path("distinctIds").asLong()).isEqualTo(readings);
        assertThat(json.path("acknowledged").asLong()).isGreaterThanOrEqualTo(readings);
        assertThat(json.path("updates").findValuesAsText("set")).containsExactly("demo/1", "demo/2");
        assertThat(json.path("updates").findValuesAsText("state")).isSubsetOf("installed", "proved");
        assertThat(json.path("p50Millis").asDouble()).isPositive();
        assertThat(json.path("base").asText()).matches("[0-9a-f]{64}");
        assertThat(json.path("tasks"))
                .extracting(JsonNode::asText)
                .containsExactlyInAnyOrder("fraud", "severity", "work-order");
        assertThat(json.path("page").asText()).isEqualTo("http://127.0.0.1:" + port + "/");
        assertThat(leftBehind()).isEmpty();
    }

    @Test
    void aPortInUseEndsItWithOneSentenceAndNothingIsLeft() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            assertThat(Cli.execute(new Demo(), "--for", "1s", "--json", "--http-port", port))
                    .isEqualTo(69);

            assertThat(out.size()).isZero();
            assertThat(err.toString(StandardCharsets.UTF_8))
                    .contains("picket: the page cannot listen on 127.0.0.1:" + port)
                    .doesNotContain("\tat ");
            assertThat(leftBehind()).isEmpty();
        }
    }

    @Test
    void aTimeThatIsNoneIsWrongWords() {
        assertThat(Cli.execute(new Demo(), "--for", "soon")).isEqualTo(64);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("'soon' is no time such as 30s, 5m or 1h");
    }

    /** The module's tests have a temporary folder of their own. */
    private static List<Path> leftBehind() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(Files::isDirectory)
                    .filter(file -> file.getFileName().toString().startsWith("picket-demo-"))
                    .toList();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
