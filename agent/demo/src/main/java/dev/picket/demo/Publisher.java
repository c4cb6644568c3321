package dev.picket.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.RejectedException;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.SetManifest;
import dev.picket.ota.repository.KeyFolder;
import dev.picket.ota.repository.Repository;
import dev.picket.ota.repository.Validity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Plays the publisher: a repository with keys of its own, made for this one run and thrown away with it. */
final class Publisher {
    static final String CHANNEL = "demo";

    private static final String SET = "demo";
    /** By the source whose texts they judge. */
    static final Map<String, String> TASKS =
            new TreeMap<>(Map.of("messages", "fraud", "machine", "severity", "orders", "work-order"));

    private static final String RENEWED = "fraud";
    private static final String MINIMUM_AGENT = "0.1.0";
    /** The keys live as long as the demo, so guessing their passphrase is not what must be made slow. */
    private static final int KEY_ITERATIONS = 1_000;

    private final Repository repository;
    private final KeyFolder keys;
    private final Path released;
    private final Path work;

    private Publisher(Repository repository, KeyFolder keys, Path released, Path work) {
        this.repository = repository;
        this.keys = keys;
        this.released = released;
        this.work = work;
    }

    /**
     * A repository that holds the released Set.
     *
     * @param released the checkout's {@code models/released}
     * @param work an empty folder
     */
    static Publisher open(Path released, Path work) throws RejectedException, IOException {
        AtomicFiles.createFolders(work.resolve("keys"));
        KeyFolder keys = new KeyFolder(work.resolve("keys"), "demo".toCharArray(), KEY_ITERATIONS);
        Repository repository =
                Repository.init(work.resolve("repository"), keys, 1, 1, Validity.DEFAULT, Instant.now());
        Publisher publisher = new Publisher(repository, keys, released, work);
        repository.add(Kind.BASE, released.resolve("base"), MINIMUM_AGENT, _ -> {});
        for (String task : TASKS.values()) {
            repository.add(Kind.TASK, released.resolve("tasks").resolve(task), MINIMUM_AGENT, _ -> {});
        }
        publisher.publish();
        return publisher;
    }

    /** What the gateway trusts from the first day. */
    Path trustRoot() {
        return repository.trustRoot();
    }

    Path tree() {
        return repository.tree();
    }

    /**
     * Publishes the next version of a task: the same weights under a new number, which is enough for a new digest, an
     * exam and a switch.
     *
     * @return the Set's label
     */
    String publishUpdate() throws RejectedException, IOException {
        Path next = work.resolve("next").resolve(RENEWED);
        AtomicFiles.createFolders(next);
        ObjectMapper json = new ObjectMapper();
        try (Stream<Path> files = Files.list(released.resolve("tasks").resolve(RENEWED))) {
            for (Path file : files.toList()) {
                byte[] bytes = Files.readAllBytes(file);
                if (file.endsWith("task.json")) {
                    ObjectNode task = (ObjectNode) json.readTree(bytes);
                    bytes = json.writerWithDefaultPrettyPrinter()
                            .writeValueAsBytes(
                                    task.put("version", task.path("version").asText() + ".1"));
                }
                AtomicFiles.write(next.resolve(file.getFileName()), bytes);
            }
        }
        repository.add(Kind.TASK, next, MINIMUM_AGENT, _ -> {});
        return publish();
    }

    private String publish() throws RejectedException, IOException {
        SetManifest set = repository.addSet(
                SET, nameOf(released.resolve("base").resolve("base.json")), List.copyOf(TASKS.values()));
        repository.pointChannel(CHANNEL, set.path());
        repository.publish(repository.tree(), keys, Validity.DEFAULT, Instant.now(), _ -> {});
        return set.name() + "/" + set.counter();
    }

    private static String nameOf(Path manifest) throws IOException {
        return new ObjectMapper()
                .readTree(Files.readAllBytes(manifest))
                .path("name")
                .asText();
    }
}
