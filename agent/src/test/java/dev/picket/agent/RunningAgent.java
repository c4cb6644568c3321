package dev.picket.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.read.Until;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The whole agent as it is assembled, over a folder: reached by its file, its page and its journal. */
public final class RunningAgent implements AutoCloseable {
    /** The journal of no test has more rows. */
    private static final int ALL = 1_000_000;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path folder;
    private final AgentContext context;
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    private RunningAgent(Path folder, AgentContext context) {
        this.folder = folder;
        this.context = context;
    }

    /** Starts one. */
    public static RunningAgent start(Path folder, String... sections)
            throws IOException, ConfigException, StartFailedException {
        configure(folder, sections);
        return over(folder);
    }

    /** Starts one with the configuration that lies there. */
    public static RunningAgent over(Path folder) throws ConfigException, StartFailedException {
        PicketConfig config = ConfigLoader.load(folder.resolve("picket.yml"), Map.of());
        return new RunningAgent(folder, AgentContext.start(config));
    }

    /** Writes the configuration: a file that is followed, a page on a free port, and some more sections. */
    public static Path configure(Path folder, String... sections) throws IOException {
        String http = String.join("\n", sections).contains("http:") ? "" : "http: { port: 0 }\n";
        return Files.writeString(
                folder.resolve("picket.yml"),
                """
                gateway: { site: plant, name: press-4 }
                data: { directory: "%s", runtime: "%s" }
                sources:
                  - { name: line1, kind: file, path: "%s", tasks: [fraud], poll: 5ms }
                """.formatted(folder.resolve("data"), folder.resolve("run"), folder.resolve("app.log"))
                        + http
                        + String.join("\n", sections)
                        + "\n");
    }

    /** The section that makes it follow a shop; it polls when it is told to. */
    public static String updates(URI served, Path root) {
        return """
                updates:
                  repository: "%s"
                  channel: stable
                  root: "%s"
                  interval: 1h
                  trial: { shadow-time: 100ms, too-few-for-base: go-on, probation: 100ms }
                """.formatted(served, root);
    }

    public Path config() {
        return folder.resolve("picket.yml");
    }

    public Path runtime() {
        return folder.resolve("run");
    }

    public Agent agent() {
        return context.agent();
    }

    public URI page() {
        return context.page();
    }

    public void pollNow() {
        context.agent().updates().pollNow();
    }

    public void append(String... lines) throws IOException {
        Files.writeString(
                folder.resolve("app.log"),
                String.join("\n", lines) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(page().resolve(path)));
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
    }

    public HttpClient client() {
        return client;
    }

    public JsonNode status() throws IOException, InterruptedException {
        return JSON.readTree(get("/api/status").body());
    }

    /** Waits until the status is so, and answers it. */
    public JsonNode awaitStatus(String what, Predicate<JsonNode> wanted) throws Exception {
        JsonNode[] last = new JsonNode[1];
        try {
            Until.holds(what, () -> {
                last[0] = status();
                return wanted.test(last[0]);
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the last status was " + last[0], e);
        }
        return last[0];
    }

    public void awaitServing(String set) throws Exception {
        awaitStatus(
                set + " serves, proved",
                status -> status.path("update").asText().startsWith(set + ": committed"));
    }

    /** All rows, newest first. */
    public List<PendingVerdict> rows() throws JournalUnavailableException {
        return context.agent().journal().latest(ALL);
    }

    /** Waits until so many were written; to count them is cheap, to read them all is not. */
    public void awaitRows(int count) throws Exception {
        Until.holds(
                count + " rows are in the journal",
                () -> context.agent().journal().lastSeqs().values().stream()
                                .mapToLong(Long::longValue)
                                .sum()
                        >= count);
    }

    @Override
    public void close() {
        context.close();
        client.close();
    }
}
