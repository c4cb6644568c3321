package dev.picket.agent.bench;

import dev.picket.agent.uplink.BrokerUnavailableException;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Mosquitto of the benchmark's own, on a free port of the loopback interface, with its defaults. */
final class BrokerChild implements AutoCloseable {
    private static final long START_MILLIS = 10_000;

    private final Process process;
    private final int port;

    private BrokerChild(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** @throws BrokerUnavailableException when none is installed, or it does not start */
    static BrokerChild start() throws BrokerUnavailableException, InterruptedException {
        Path binary = binary().orElseThrow(() -> new BrokerUnavailableException(
                "There is no Mosquitto on the PATH; install it, or name a broker with --broker"));
        try {
            int port = freePort();
            Process process = new ProcessBuilder(binary.toString(), "-p", Integer.toString(port))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            BrokerChild child = new BrokerChild(process, port);
            child.awaitAnswer();
            return child;
        } catch (IOException e) {
            throw new BrokerUnavailableException("Mosquitto did not start: " + e.getMessage(), e);
        }
    }

    private static Optional<Path> binary() {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(Stream.of(path.split(File.pathSeparator, -1)), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(folder -> Path.of(folder, "mosquitto"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitAnswer() throws BrokerUnavailableException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
        while (!answers()) {
            boolean ended = process.waitFor(10, TimeUnit.MILLISECONDS);
            if (ended || System.nanoTime() > until) {
                close();
                throw new BrokerUnavailableException("Mosquitto did not answer within %d ms".formatted(START_MILLIS));
            }
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

    URI uri() {
        return URI.create("mqtt://127.0.0.1:" + port);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
