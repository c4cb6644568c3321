package dev.picket.ota.fetch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real web server with knobs: ranges, cut answers, hanging ones, redirects, endless ones. */
public final class WebServer implements AutoCloseable {
    public final Map<String, byte[]> files = new HashMap<>();
    /** What answers instead of a file, by path. */
    public final Map<String, HttpHandler> instead = new ConcurrentHashMap<>();

    public final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    /** Answers that break off after this many bytes, by how many are left to break. */
    public final AtomicInteger cuts = new AtomicInteger();

    public volatile int cutAfter;
    public volatile boolean ranges = true;
    /** What a {@code busy} answer says under Retry-After. */
    public volatile String retryAfter = "";

    /** Bytes of bodies that were sent, or at least handed over. */
    public final AtomicLong sent = new AtomicLong();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ServerSocket drips = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

    public WebServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Serves all files of a folder as they are now. */
    public void serve(Path folder) throws IOException {
        files.clear();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(each).toString(), Files.readAllBytes(each));
            }
        }
    }

    public URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/repo/");
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath().replaceFirst("^/repo/", "");
        String range = exchange.getRequestHeaders().getFirst("Range");
        asked.add(path + (range == null ? "" : " " + range));
        HttpHandler other = instead.get(path);
        try (exchange) {
            if (other != null) {
                other.handle(exchange);
                return;
            }
            switch (path) {
                case "hang" -> waitForClose();
                case "busy" -> busy(exchange);
                case "trickle" -> trickle(exchange);
                case "forbidden" -> exchange.sendResponseHeaders(403, -1);
                case "elsewhere" -> redirect(exchange, "http://localhost:" + uri().getPort() + "/repo/file");
                case "nowhere" -> redirect(exchange, "http://[no address");
                case "moved" -> redirect(exchange, "/repo/file");
                case "circle" -> redirect(exchange, "/repo/circle");
                case "endless" -> pour(exchange);
                default -> serve(exchange, path, range);
            }
        }
    }

    private void serve(HttpExchange exchange, String path, @Nullable String range) throws IOException {
        byte[] bytes = files.get(path);
        if (bytes == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        int from = 0;
        if (range != null && ranges) {
            from = Integer.parseInt(range.replaceAll("[^0-9]", ""));
            if (from >= bytes.length) {
                exchange.sendResponseHeaders(416, -1);
                return;
            }
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/*");
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, bytes.length - from);
        int length = bytes.length - from;
        if (cuts.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            length = Math.min(length, cutAfter);
        }
        sent.addAndGet(length);
        OutputStream out = exchange.getResponseBody();
        out.write(bytes, from, length);
        out.flush();
    }

    private void busy(HttpExchange exchange) throws IOException {
        if (!retryAfter.isEmpty()) {
            exchange.getResponseHeaders().set("Retry-After", retryAfter);
        }
        exchange.sendResponseHeaders(retryAfter.isEmpty() ? 503 : 429, -1);
    }

    /** A byte now and then, for ever: each within any read timeout. */
    public void trickle(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        while (!isClosedWithin(10)) {
            exchange.getResponseBody().write(1);
            exchange.getResponseBody().flush();
        }
    }

    /** An address where an answer's head never ends, which this server would not do by itself. */
    public URI dripping() {
        threads.execute(this::drip);
        return URI.create("http://127.0.0.1:" + drips.getLocalPort() + "/");
    }

    private void drip() {
        try (Socket socket = drips.accept()) {
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
            while (!isClosedWithin(10)) {
                socket.getOutputStream().write('x');
                socket.getOutputStream().flush();
            }
        } catch (IOException _) {
            // The client went away, as it should.
        }
    }

    private boolean isClosedWithin(long millis) {
        try {
            return closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    public static void redirect(HttpExchange exchange, String to) throws IOException {
        exchange.getResponseHeaders().set("Location", to);
        exchange.sendResponseHeaders(302, -1);
    }

    public static void pour(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        while (true) {
            exchange.getResponseBody().write(new byte[1 << 16]);
        }
    }

    private void waitForClose() {
        try {
            closed.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        try {
            drips.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
