package dev.picket.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.RunningAgent;
import dev.picket.agent.read.Until;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The local page against the pages of others, over real sockets. */
class LocalGuardTest {
    /** More than the threads that everybody shares on a small machine. */
    private static final int STREAMS = 24;

    @TempDir
    Path folder;

    private RunningAgent agent;

    @BeforeEach
    void anAgentWithoutASet() throws Exception {
        agent = RunningAgent.start(folder, "http: { port: 0, max-streams: " + STREAMS + " }");
    }

    @AfterEach
    void stop() {
        agent.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"evil.example", "evil.example:8484", "localhost.evil.example", "127.0.0.1.evil.example", ""})
    void aForeignHostIsRefused(String host) throws Exception {
        assertThat(statusLine("GET /api/status HTTP/1.1\r\nHost: " + host + "\r\n"))
                .contains(" 403 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "127.0.0.1:8484", "[::1]:8484"})
    void ourOwnNamesAreTaken(String host) throws Exception {
        assertThat(statusLine("GET /api/status HTTP/1.1\r\nHost: " + host + "\r\n"))
                .contains(" 200 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example", "https://127.0.0.1.evil.example", "null", "not a URI"})
    void aForeignOriginIsRefused(String origin) throws Exception {
        HttpResponse<String> answer =
                agent.send(HttpRequest.newBuilder(uri("/api/status")).header("Origin", origin));
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).startsWith("Refused: ").hasLineCount(1);
    }

    @Test
    void whatChangesSomethingNeedsTheToken() throws Exception {
        String token = Files.readString(agent.runtime().resolve("token"));
        assertThat(post("Bearer wrong").statusCode()).isEqualTo(403);
        assertThat(post("").statusCode()).isEqualTo(403);
        assertThat(post("").body()).contains("needs the token");
        assertThat(post("Bearer " + token).statusCode())
                .as("past the guard, where nothing takes a POST yet")
                .isIn(404, 405);
    }

    @Test
    void theTokenIsForTheGroupAndTheAddressForAll() throws Exception {
        assertThat(modes("token")).isEqualTo("rw-r-----");
        assertThat(modes("address")).isEqualTo("rw-r--r--");
        assertThat(Files.readString(agent.runtime().resolve("token"))).matches("[0-9a-f]{64}");
        assertThat(Files.readString(agent.runtime().resolve("address")))
                .isEqualTo(agent.page().toString());
    }

    @Test
    void onePageTooManyIsToldSoAndAPlaceThatIsLeftIsFree() throws Exception {
        List<InputStream> open = new ArrayList<>();
        try {
            for (int i = 0; i < STREAMS; i++) {
                HttpResponse<InputStream> stream = stream();
                assertThat(stream.statusCode()).isEqualTo(200);
                open.add(stream.body());
            }
            HttpResponse<InputStream> more = stream();
            assertThat(more.statusCode()).isEqualTo(503);
            assertThat(new String(more.body().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("http.max-streams");
            assertThat(agent.get("/health").statusCode())
                    .as("open pages hold up nothing else")
                    .isEqualTo(503);
            assertThat(agent.get("/api/status").statusCode()).isEqualTo(200);
        } finally {
            for (InputStream each : open) {
                each.close();
            }
        }
        Until.holds("a place is free again", () -> {
            HttpResponse<InputStream> again = stream();
            again.body().close();
            return again.statusCode() == 200;
        });
    }

    private HttpResponse<InputStream> stream() throws IOException, InterruptedException {
        return agent.client()
                .send(HttpRequest.newBuilder(uri("/api/verdicts/stream")).build(), BodyHandlers.ofInputStream());
    }

    private HttpResponse<String> post(String authorization) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri("/api/status")).POST(BodyPublishers.ofString("{}"));
        return agent.send(authorization.isEmpty() ? request : request.header("Authorization", authorization));
    }

    private String modes(String name) throws IOException {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(agent.runtime().resolve(name)));
    }

    private URI uri(String path) {
        return agent.page().resolve(path);
    }

    /** By a bare socket, since no client lets its Host be chosen. */
    private String statusLine(String head) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), agent.page().getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return String.valueOf(
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                            .readLine());
        }
    }
}
