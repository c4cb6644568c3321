package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.picket.agent.service.ManagerSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An agent in a process of its own, in namespaces of its own, which a prelude makes a nasty place; it speaks to a service manager. */
final class NastyHost implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;
    private static final int MOST_MESSAGES = 200;

    private final Path folder;
    private final ManagerSocket manager;
    private final Process process;

    private NastyHost(Path folder, ManagerSocket manager, Process process) {
        this.folder = folder;
        this.manager = manager;
        this.process = process;
    }

    /**
     * Starts one with the configuration that lies in the folder; the test is skipped where such a host cannot be made.
     *
     * @param namespaces of {@code unshare}, such as {@code -n}
     * @param prelude in shell
     */
    static NastyHost start(Path folder, String namespaces, String prelude, Map<String, String> environment)
            throws IOException {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/unshare")), "unshare is not installed (apt install util-linux)");
        assumeTrue("root".equals(System.getProperty("user.name")), "Only root may make such a host, so none is tried");
        Path temporary = Files.createDirectories(folder.resolve("tmp"));
        List<String> command =
                new ArrayList<>(List.of("unshare", namespaces, "sh", "-ec", prelude + "\nexec \"$@\"", "sh"));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx96m",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                "dev.picket.agent.cli.Main",
                "run",
                "--config",
                folder.resolve("picket.yml").toString()));
        String socket = folder.resolve("notify").toString();
        Files.deleteIfExists(Path.of(socket));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().put("NOTIFY_SOCKET", socket);
        builder.environment().putAll(environment);
        return new NastyHost(folder, new ManagerSocket(socket), builder.start());
    }

    /** The first thing that it says of itself and has this in it. */
    String until(String part) {
        List<String> heard = new ArrayList<>();
        for (int i = 0; i < MOST_MESSAGES; i++) {
            String next = manager.next(PATIENCE_MILLIS).orElse("");
            heard.add(next);
            if (next.contains(part)) {
                return next;
            }
            if (next.isEmpty()) {
                break;
            }
        }
        throw new AssertionError("nobody said '" + part + "', but " + heard + "; its log: " + log());
    }

    /** One more text for its source. */
    void append(String line) throws IOException {
        Files.writeString(folder.resolve("app.log"), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** A path as it sees it. */
    Path seen(Path path) {
        return Path.of("/proc/" + process.pid() + "/root")
                .resolve(path.toString().substring(1));
    }

    long pid() {
        return process.pid();
    }

    /** Asks it to stop, and answers with which code it ended. */
    int stop() throws InterruptedException {
        process.destroy();
        return ended();
    }

    /** Waits for its own end. */
    int ended() throws InterruptedException {
        assertThat(process.waitFor(Duration.ofMillis(PATIENCE_MILLIS)))
                .as(() -> "it has ended; its log: " + log())
                .isTrue();
        return process.exitValue();
    }

    String log() {
        try {
            return Files.readString(folder.resolve("log"), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        manager.close();
    }
}
