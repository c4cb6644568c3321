package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real broker in a child process, on a free port of its own; ended by its process at close. */
public final class Mosquitto implements AutoCloseable {
    private static final long START_SECONDS = 10;

    private final Path folder;
    private final int port;
    private final Path config;
    private @Nullable Process process;

    /** Starts one; the test is skipped where none is installed. */
    public static Mosquitto start(Path folder, String... settings) throws IOException, InterruptedException {
        assumeTrue(binary() != null, "Mosquitto is not installed (apt install mosquitto), so no real broker is tried");
        Mosquitto broker = new Mosquitto(folder, freePort(), settings);
        broker.start();
        return broker;
    }

    private Mosquitto(Path folder, int port, String... settings) throws IOException {
        this.folder = Files.createDirectories(folder.resolve("broker-" + port));
        this.port = port;
        this.config = this.folder.resolve("mosquitto.conf");
        Files.writeString(config, """
                listener %d 127.0.0.1
                allow_anonymous true
                user root
                set_tcp_nodelay true
                max_queued_messages 0
                persistence true
                persistence_location %s/
                %s
                """.formatted(port, this.folder, String.join("\n", settings)));
    }

    static @Nullable String binary() {
        return Stream.of("/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto")
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst()
                .orElse(null);
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    public void start() throws IOException, InterruptedException {
        process = new ProcessBuilder(List.of(String.valueOf(binary()), "-c", config.toString()))
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!answers()) {
            assertThat(process.isAlive())
                    .as(() -> "the broker lives; its log: " + log())
                    .isTrue();
            assertThat(System.nanoTime()).as("the broker answers in time").isLessThan(until);
            Thread.onSpinWait();
            process.waitFor(5, TimeUnit.MILLISECONDS);
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits until a line of the broker's log is like that; what is in it is said by the setting {@code log_type}. */
    public void awaitLog(String pattern) throws InterruptedException {
        Pattern line = Pattern.compile(pattern);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!line.matcher(log()).find()) {
            assertThat(System.nanoTime())
                    .as("the broker's log has " + pattern + ": " + log())
                    .isLessThan(until);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    public URI uri() {
        return URI.create("mqtt://127.0.0.1:" + port);
    }

    /** An orderly stop, at which Mosquitto saves its queues. */
    public void stop() throws InterruptedException {
        if (process != null) {
            process.destroy();
            process.waitFor(START_SECONDS, TimeUnit.SECONDS);
        }
    }

    public void kill() throws InterruptedException {
        if (process != null) {
            process.destroyForcibly().waitFor(START_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Stops it in its tracks: connections stay, nothing answers. */
    public void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    public void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    /**
     * Takes up a changed list of who may do what. A restart would do so, too, but until a client is back Mosquitto then
     * keeps nothing for it, as it applies the list to those that are connected.
     */
    public void readsItsConfigAgain() throws IOException, InterruptedException {
        signal("HUP");
    }

    private void signal(String name) throws IOException, InterruptedException {
        if (process != null) {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
