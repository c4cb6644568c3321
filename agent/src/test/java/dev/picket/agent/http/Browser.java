package dev.picket.agent.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A headless Chromium with one page open, driven by its DevTools protocol. */
final class Browser implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private final WebSocket socket;
    private int last;

    private Browser(Process process, URI page) throws IOException, InterruptedException {
        this.process = process;
        URI devTools = devTools(process);
        HttpRequest open = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + devTools.getPort() + "/json/new?" + page))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        JsonNode target =
                JSON.readTree(client.send(open, BodyHandlers.ofString()).body());
        this.socket = client.newWebSocketBuilder()
                .buildAsync(URI.create(target.path("webSocketDebuggerUrl").asText()), new Listening(said))
                .join();
    }

    static Optional<String> program() {
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .map(name -> "/usr/bin/" + name)
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst();
    }

    static Browser open(Path profile, URI page) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        program().orElseThrow(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-quic",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--no-first-run",
                        "--window-size=1280,1000",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new Browser(process, page);
    }

    private static URI devTools(Process process) throws IOException {
        BufferedReader lines = process.errorReader(StandardCharsets.UTF_8);
        String mark = "DevTools listening on ";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(mark)) {
                return URI.create(line.substring(mark.length()).strip());
            }
        }
        throw new IOException("the browser ended before it listened");
    }

    /** What an expression comes to in the page; a promise is waited for. */
    JsonNode evaluate(String script) throws InterruptedException {
        ObjectNode params = JSON.createObjectNode();
        params.put("expression", script).put("awaitPromise", true).put("returnByValue", true);
        return call("Runtime.evaluate", params).at("/result/result/value");
    }

    void screenshot(Path file) throws IOException, InterruptedException {
        ObjectNode params = JSON.createObjectNode().put("captureBeyondViewport", true);
        String data = call("Page.captureScreenshot", params).at("/result/data").asText();
        Files.write(file, Base64.getDecoder().decode(data));
    }

    private JsonNode call(String method, ObjectNode params) throws InterruptedException {
        int id = ++last;
        ObjectNode request = JSON.createObjectNode().put("id", id).put("method", method);
        socket.sendText(request.set("params", params).toString(), true).join();
        while (true) {
            String answer = said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (answer == null) {
                throw new AssertionError("the browser says nothing to " + method);
            }
            JsonNode read = parsed(answer);
            if (read.path("id").asInt() == id) {
                return read;
            }
        }
    }

    private static JsonNode parsed(String answer) {
        try {
            return JSON.readTree(answer);
        } catch (IOException e) {
            throw new AssertionError("the browser says " + answer, e);
        }
    }

    @Override
    public void close() {
        socket.abort();
        client.shutdownNow();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Joins the parts of a message. */
    private static final class Listening implements WebSocket.Listener {
        private final BlockingQueue<String> whole;
        private final StringBuilder parts = new StringBuilder();

        Listening(BlockingQueue<String> whole) {
            this.whole = whole;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean isLast) {
            parts.append(part);
            if (isLast) {
                whole.add(parts.toString());
                parts.setLength(0);
            }
            from.request(1);
            return null;
        }
    }
}
