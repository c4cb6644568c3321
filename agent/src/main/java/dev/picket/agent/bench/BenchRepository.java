package dev.picket.agent.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.picket.inference.BadArtefactException;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.RejectedException;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.SetManifest;
import dev.picket.ota.repository.KeyFolder;
import dev.picket.ota.repository.Repository;
import dev.picket.ota.repository.Validity;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** A signed repository with one base, behind a web server of the loopback that counts what it sends. */
final class BenchRepository implements AutoCloseable {
    static final String CHANNEL = "bench";
    /** The key lives as long as the bench. */
    private static final int FEW_ITERATIONS = 10;

    private static final String MINIMUM_AGENT = "0.1.0";
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private final Path folder;
    private final Path task;
    private final String taskName;
    private final KeyFolder keys;
    private final Repository repository;
    private final Release base;
    private final HttpServer web;
    private final AtomicLong served = new AtomicLong();

    private BenchRepository(Path folder, Path base, Path task, String taskName) throws RejectedException, IOException {
        this.folder = folder;
        this.task = task;
        this.taskName = taskName;
        this.keys = new KeyFolder(folder.resolve("keys"), "bench".toCharArray(), FEW_ITERATIONS);
        this.repository = Repository.init(folder.resolve("repository"), keys, 1, 1, Validity.DEFAULT, Instant.now());
        this.base = repository.add(Kind.BASE, base, MINIMUM_AGENT, _ -> {});
        AtomicFiles.createFolders(folder.resolve("served"));
        this.web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.createContext("/", this::answer);
    }

    static BenchRepository start(Path folder, Path base, Path task, String taskName)
            throws RejectedException, IOException {
        AtomicFiles.createFolders(folder);
        BenchRepository repository = new BenchRepository(folder, base, task, taskName);
        repository.web.start();
        return repository;
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + web.getAddress().getPort() + "/");
    }

    Path root() {
        return repository.trustRoot();
    }

    /** Bytes of bodies until now. */
    long servedBytes() {
        return served.get();
    }

    /** Points the channel at a new Set with that variant of the task; answers its label. */
    String publish(int number) throws RejectedException, BadArtefactException, IOException {
        Path variant = folder.resolve("task-" + number);
        TaskVariant.write(task, variant, base.digest(), number);
        repository.add(Kind.TASK, variant, MINIMUM_AGENT, _ -> {});
        SetManifest set = repository.addSet("bench", base.name() + "/" + base.counter(), List.of(taskName));
        repository.pointChannel(CHANNEL, set.path());
        repository.publish(folder.resolve("served"), keys, Validity.DEFAULT, Instant.now(), _ -> {});
        return "bench/" + set.counter();
    }

    /** Of the repository's own names only; nobody else knows the port. */
    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Path root = folder.resolve("served").normalize();
            Path file = root.resolve(exchange.getRequestURI().getPath().substring(1))
                    .normalize();
            if (!file.startsWith(root) || !Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(NOT_FOUND, -1);
                return;
            }
            long length = Files.size(file);
            exchange.sendResponseHeaders(OK, length);
            served.addAndGet(length);
            try (InputStream bytes = Files.newInputStream(file)) {
                bytes.transferTo(exchange.getResponseBody());
            }
        }
    }

    @Override
    public void close() {
        web.stop(0);
    }
}
