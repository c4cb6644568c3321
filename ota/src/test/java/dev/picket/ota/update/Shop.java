package dev.picket.ota.update;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.SetManifest;
import dev.picket.ota.repository.KeyFolder;
import dev.picket.ota.repository.Repository;
import dev.picket.ota.repository.Validity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** A publisher for tests: small models of its own, a real repository, a folder that is served. */
public final class Shop {
    public static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final int FEW_ITERATIONS = 10;

    private final Path folder;
    private final KeyFolder keys;
    private Repository repository;

    public Shop(Path folder) throws RejectedException, IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        this.keys = new KeyFolder(folder.resolve("repo/keys"), "secret".toCharArray(), FEW_ITERATIONS);
        this.repository = Repository.init(folder.resolve("repo"), keys, 2, 2, Validity.DEFAULT, NOW);
    }

    public Path served() {
        return folder.resolve("served");
    }

    public byte[] root() throws IOException {
        return Files.readAllBytes(repository.trustRoot());
    }

    public Repository repository() {
        return repository;
    }

    /** Adds a base whose model holds this content. */
    public Release base(String name, String content) throws RejectedException, IOException {
        ObjectNode json =
                StrictJson.object().put("format", 1).put("kind", "base").put("name", name);
        return repository.add(Kind.BASE, model(name, "base.json", json, "model.onnx", content), "0.1.0", bytes -> {});
    }

    /** Adds a task made for that base. */
    public Release task(String name, String baseDigest, String content) throws RejectedException, IOException {
        Path model = taskFolder(name, baseDigest, content);
        return repository.add(Kind.TASK, model, "0.1.0", bytes -> {});
    }

    public Path taskFolder(String name, String baseDigest, String content) throws IOException {
        ObjectNode json = StrictJson.object()
                .put("format", 1)
                .put("kind", "task")
                .put("name", name)
                .put("base", baseDigest);
        json.putObject("calibration").put("temperature", 1);
        return model(name, "task.json", json, "exam.jsonl", content);
    }

    /** Adds a Set of the newest releases, points the channel {@code stable} at it, and publishes. */
    public SetManifest release(String base, String... tasks) throws RejectedException, IOException {
        SetManifest set = repository.addSet("factory", base, List.of(tasks));
        repository.pointChannel("stable", set.path());
        publish(NOW);
        return set;
    }

    public void publish(Instant at) throws RejectedException, IOException {
        repository.publish(served(), keys, Validity.DEFAULT, at, bytes -> {});
    }

    private Path model(String name, String manifest, ObjectNode json, String file, String content) throws IOException {
        Path model = Files.createDirectories(folder.resolve("models").resolve(name));
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        Files.write(model.resolve(file), bytes);
        ArrayNode files = json.put("version", "0.1.0").putArray("files");
        files.addObject().put("name", file).put("length", bytes.length).put("sha256", Hashes.sha256(bytes));
        Files.write(model.resolve(manifest), StrictJson.pretty(json));
        return model;
    }

    /** Signs a target that the repository itself would refuse: what a stolen or careless targets key can do. */
    public void slip(String path, byte[] bytes) throws RejectedException, IOException {
        int name = path.lastIndexOf('/') + 1;
        Path file = repository
                .tree()
                .resolve("targets")
                .resolve(path.substring(0, name) + Hashes.sha256(bytes) + "." + path.substring(name));
        Files.createDirectories(file.resolveSibling(""));
        Files.write(file, bytes);
        Path contents = folder.resolve("repo/contents.json");
        ObjectNode json =
                StrictJson.parse("contents.json", Files.readAllBytes(contents)).node();
        json.put("changed", true);
        ObjectNode target = ((ObjectNode) json.get("targets")).putObject(path).put("length", bytes.length);
        target.putObject("hashes").put("sha256", Hashes.sha256(bytes));
        Files.write(contents, StrictJson.pretty(json));
        repository = Repository.open(folder.resolve("repo"));
    }
}
