package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.RunningAgent;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code picket run | status | check}: what keeps an agent from starting is one sentence, with the right exit code. */
class AgentCommandsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"run", "status", "check"})
    void anUnknownKeyIsToldWithTheOneThatWasMeant(String command) throws Exception {
        Path file = RunningAgent.configure(folder, "uplink: { brokr: \"mqtt://localhost:1883\" }");
        Shell.Ended ended = Shell.run(command, "--config", file.toString());
        assertThat(ended.code()).isEqualTo(78);
        assertThat(ended.err().lines())
                .containsExactly(
                        "picket: the configuration cannot be used:",
                        "  uplink.brokr: there is no such key; did you mean 'uplink.broker'? (" + file + ")");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "status", "check"})
    void aConfigurationThatIsNotThereIsTold(String command) {
        Shell.Ended ended =
                Shell.run(command, "--config", folder.resolve("absent.yml").toString());
        assertThat(ended.code()).isEqualTo(78);
        assertThat(ended.err())
                .contains("there is no such file; name one with --config")
                .hasLineCount(2);
    }

    @Test
    void aPortInUseIsToldAndTheRunningAgentsFilesStay() throws Exception {
        try (RunningAgent running = RunningAgent.start(folder)) {
            Path other = Files.createDirectory(folder.resolve("other"));
            Path file = Files.writeString(other.resolve("picket.yml"), """
                    data: { directory: "%s", runtime: "%s" }
                    http: { port: %d }
                    """.formatted(
                    other.resolve("data"), running.runtime(), running.page().getPort()));
            Shell.run("run", "--config", file.toString())
                    .saysOneSentence(
                            69, "127.0.0.1:" + running.page().getPort(), "Address already in use", "http.port");

            assertThat(running.runtime().resolve("address"))
                    .hasContent(running.page().toString());
            assertThat(running.runtime().resolve("token")).exists();
            assertThat(Shell.run("status", "--config", running.config().toString())
                            .err())
                    .isEmpty();
        }
    }

    @Test
    void aDataDirectoryOfAnotherAgentIsTold() throws Exception {
        try (RunningAgent running = RunningAgent.start(folder)) {
            Shell.run("run", "--config", running.config().toString())
                    .saysOneSentence(69, "another agent runs on " + folder.resolve("data"), "data.directory");
            assertThat(running.get("/api/status").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aDataDirectoryThatCannotBeUsedIsTold() throws Exception {
        Files.writeString(folder.resolve("data"), "a file");
        Path file = RunningAgent.configure(folder);
        Shell.run("run", "--config", file.toString())
                .saysOneSentence(69, "the data directory " + folder.resolve("data"), "data.directory");
    }

    @Test
    void aRuntimeDirectoryThatCannotBeUsedIsTold() throws Exception {
        Files.writeString(folder.resolve("run"), "a file");
        Path file = RunningAgent.configure(folder);
        Shell.run("run", "--config", file.toString())
                .saysOneSentence(69, "the runtime directory " + folder.resolve("run"), "data.runtime");
    }

    @ParameterizedTest
    @ValueSource(strings = {"journal.db", "state.db"})
    void aFileOfANewerAgentIsTold(String name) throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + data.resolve(name));
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = 99");
        }
        Path file = RunningAgent.configure(folder);
        Shell.run("run", "--config", file.toString()).saysOneSentence(69, name, "schema 99", "newer");
    }

    @Test
    void aPasswordFileThatIsNotThereIsTold() throws Exception {
        Path file = RunningAgent.configure(
                folder,
                "uplink: { broker: \"mqtt://127.0.0.1:1\", username: x, password-file: \"%s\" }"
                        .formatted(folder.resolve("secret")));
        Shell.run("run", "--config", file.toString())
                .saysOneSentence(69, "password", folder.resolve("secret") + " is not there", "uplink.password-file");
    }

    @Test
    void aBrokerWithAWrongSchemeIsTold() throws Exception {
        Path file = RunningAgent.configure(folder, "uplink: { broker: \"http://localhost:1883\" }");
        Shell.run("run", "--config", file.toString()).saysOneSentence(78, "http://localhost:1883", "mqtt://");
    }

    @Test
    void aSourceThatCannotBeReadIsTroubleInTheStatusAndAFindingOfCheck() throws Exception {
        Files.createDirectory(folder.resolve("app.log"));
        try (RunningAgent running = RunningAgent.start(folder)) {
            JsonNode status = running.awaitStatus(
                    "the trouble is told",
                    now -> now.path("troubles").toString().contains("cannot be read"));
            assertThat(status.path("troubles").toString())
                    .contains("app.log", "of source 'line1'")
                    .doesNotContain("Exception");

            Shell.Ended ended = Shell.run("status", "--config", running.config().toString());
            assertThat(ended.code()).isEqualTo(1);
            assertThat(ended.err()).isEmpty();
            assertThat(ended.out()).contains("trouble", "app.log");
        }
        Shell.Ended check =
                Shell.run("check", "--config", folder.resolve("picket.yml").toString());
        assertThat(check.code()).isEqualTo(1);
        assertThat(check.out()).contains("sources.line1: " + folder.resolve("app.log") + " cannot be read");
    }

    @Test
    void withoutAnAgentStatusSaysSo() throws Exception {
        Path file = RunningAgent.configure(folder);
        Shell.run("status", "--config", file.toString()).saysOneSentence(69, "no agent runs here", "picket run");
        Files.createDirectories(folder.resolve("run"));
        Files.writeString(folder.resolve("run/token"), "0".repeat(64));
        Files.writeString(folder.resolve("run/address"), "http://127.0.0.1:" + closedPort() + "/");
        Shell.run("status", "--config", file.toString()).saysOneSentence(69, "no agent answers", "picket run");
    }

    @Test
    void checkTellsAllFindingsAndChangesNothing() throws Exception {
        Path file = RunningAgent.configure(
                folder,
                "uplink: { broker: \"mqtt://127.0.0.1:%d\" }".formatted(closedPort()),
                "updates: { root: \"%s\" }".formatted(folder.resolve("root.json")));
        Shell.Ended ended = Shell.run("check", "--json", "--config", file.toString());
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).isEmpty();
        JsonNode findings = new ObjectMapper().readTree(ended.out()).path("findings");
        assertThat(findings.findValuesAsText("about"))
                .contains("telemetry", "data.directory", "http", "sources.line1", "uplink.broker", "updates.root");
        assertThat(findings.findValuesAsText("sentence"))
                .noneMatch(sentence -> sentence.contains("Exception"))
                .anyMatch(sentence -> sentence.contains("does not answer"))
                .anyMatch(sentence -> sentence.contains("root.json is not there"));
        assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file));
    }

    private static int closedPort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
