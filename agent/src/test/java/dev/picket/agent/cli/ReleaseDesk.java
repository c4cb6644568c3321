package dev.picket.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.ota.Hashes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine;

/** A publisher at a terminal: a repository in {@code repo}, two passphrases, and what the last command said. */
final class ReleaseDesk {
    final Path folder;
    private StringWriter out = new StringWriter();
    private StringWriter err = new StringWriter();

    ReleaseDesk(Path folder) throws IOException {
        this.folder = folder;
        Files.writeString(folder.resolve("pass"), "correct horse\n");
        Files.writeString(folder.resolve("offline-pass"), "battery staple\n");
    }

    /** Runs {@code picket release …} on the repository and answers its exit code. */
    int run(String... words) {
        out = new StringWriter();
        err = new StringWriter();
        CommandLine line = Cli.commandLine(new ReleaseCommand());
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(Stream.concat(Stream.of(words), Stream.of("--repository", path("repo")))
                .toArray(String[]::new));
    }

    /** The same, which must succeed; with both passphrases at hand. */
    String ok(String... words) {
        int exit = run(words);
        assertThat(exit).as("%s: %s%s", String.join(" ", words), out, err).isZero();
        return out();
    }

    String okWithKeys(String... words) {
        return ok(withKeys(words));
    }

    String[] withKeys(String... words) {
        return Stream.concat(
                        Stream.of(words),
                        Stream.of("--passphrase-file", path("pass"), "--offline-passphrase-file", path("offline-pass")))
                .toArray(String[]::new);
    }

    void init(String... more) {
        okWithKeys(Stream.concat(Stream.of("init", "--iterations", "10"), Stream.of(more))
                .toArray(String[]::new));
    }

    /** A base {@code small}, a task {@code fraud}, the Set {@code factory/1} behind {@code stable}; not published. */
    void fill() throws IOException {
        ok("add", "base", base().toString());
        addSet("exam one");
    }

    /** The next task with this exam, and the next Set with it. */
    void addSet(String exam) throws IOException {
        ok("add", "task", task(exam).toString());
        ok("add", "set", "factory", "--base", "small", "--task", "fraud", "--channel", "stable");
    }

    Path base() throws IOException {
        return model("base", "small", "model.onnx", "model");
    }

    Path task(String exam) throws IOException {
        String digest = Hashes.sha256(folder.resolve("small/base.json"));
        return new SmallTask("fraud", digest).exam(exam).write(folder.resolve("fraud"));
    }

    private Path model(String kind, String name, String file, String content) throws IOException {
        Path model = Files.createDirectories(folder.resolve(name));
        Files.writeString(model.resolve(file), content);
        String sha256 = Hashes.sha256(content.getBytes(StandardCharsets.UTF_8));
        Files.writeString(
                model.resolve(kind + ".json"),
                "{\"format\":1,\"kind\":\"" + kind + "\",\"name\":\"" + name
                        + "\",\"version\":\"1\",\"files\":[{\"name\":\"" + file + "\",\"length\":" + content.length()
                        + ",\"sha256\":\"" + sha256 + "\"}]}");
        return model;
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }

    JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out());
    }

    /** The ids of a role's keys, as {@code show} lists them. */
    JsonNode role(String role) throws IOException {
        ok("show", "--json");
        for (JsonNode each : json().get("roles")) {
            if (each.path("role").asText().equals(role)) {
                return each;
            }
        }
        throw new AssertionError(role);
    }

    /** Every file under the folder with its bytes, but for the lock. */
    Map<String, String> disk() throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                if (!each.endsWith("lock")) {
                    all.put(folder.relativize(each).toString(), Hashes.sha256(each));
                }
            }
        }
        return all;
    }

    String path(String name) {
        return folder.resolve(name).toString();
    }
}
