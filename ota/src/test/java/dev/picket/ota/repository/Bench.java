package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.Channel;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseLimits;
import dev.picket.ota.release.SetManifest;
import dev.picket.ota.tuf.TrustedTargets;
import dev.picket.ota.tuf.TufClient;
import dev.picket.ota.tuf.TufLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** A publisher's folder for tests, copied as a whole to begin again from the same state, and a gateway that reads it. */
record Bench(Path folder) {
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final int FEW_ITERATIONS = 10;
    private static final Retry ONCE = new Retry(1, Duration.ZERO, Duration.ZERO, _ -> {});

    /** With the base {@code small}, the task {@code fraud} and the channel {@code stable} at {@code factory/1}, published. */
    static Bench published(Path folder) throws Exception {
        Bench bench = new Bench(folder);
        Repository repository = bench.init(Disk.REAL);
        repository.add(Kind.BASE, bench.model("base", "small", "", "model"), "0.1.0", _ -> {});
        bench.addSet(repository, "exam one");
        repository.publish(bench.served(), bench.keys(), Validity.DEFAULT, NOW, _ -> {});
        return bench;
    }

    Repository init(Disk disk) throws RejectedException, IOException {
        return Repository.init(repositoryFolder(), offline(), online(), 2, 2, Validity.DEFAULT, NOW, disk);
    }

    Path repositoryFolder() {
        return folder.resolve("repository");
    }

    Path served() {
        return folder.resolve("served");
    }

    KeyFolder offline() {
        return new KeyFolder(folder.resolve("offline"), "secret".toCharArray(), FEW_ITERATIONS);
    }

    KeyFolder online() {
        return new KeyFolder(folder.resolve("online"), "other".toCharArray(), FEW_ITERATIONS);
    }

    SigningKeys keys() {
        return SigningKeys.of(List.of(offline(), online()));
    }

    Repository repository() throws RejectedException, IOException {
        return Repository.open(repositoryFolder());
    }

    /** Adds a task with this exam and the next Set of it, and makes {@code stable} name that. */
    SetManifest addSet(Repository repository, String exam) throws RejectedException, IOException {
        String base = Hashes.sha256(folder.resolve("models/small/base.json"));
        Release task = repository.add(Kind.TASK, model("task", "fraud", base, exam), "0.1.0", _ -> {});
        SetManifest set = repository.addSet("factory", "small", List.of(task.name()));
        repository.pointChannel("stable", set.path());
        return set;
    }

    Path model(String kind, String name, String base, String content) throws IOException {
        Path model = Files.createDirectories(folder.resolve("models").resolve(name));
        String file = kind.equals("task") ? "exam.jsonl" : "model.onnx";
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        Files.write(model.resolve(file), bytes);
        ObjectNode json = StrictJson.object()
                .put("format", 1)
                .put("kind", kind)
                .put("name", name)
                .put("version", "0.1.0");
        if (kind.equals("task")) {
            json.put("base", base).putObject("calibration").put("temperature", 1);
        }
        ArrayNode files = json.putArray("files");
        files.addObject().put("name", file).put("length", bytes.length).put("sha256", Hashes.sha256(bytes));
        Files.write(model.resolve(kind + ".json"), StrictJson.pretty(json));
        return model;
    }

    /** The Set that a gateway with this memory finds behind {@code stable}, once it has verified every byte of it. */
    String seenBy(Path memory, Instant now) throws Exception {
        Fetcher fetcher = Fetcher.of(served().toUri(), FetchLimits.DEFAULT);
        byte[] root = Files.readAllBytes(repositoryFolder().resolve("tree/metadata/1.root.json"));
        TrustedTargets targets = new TufClient(memory, root, fetcher, TufLimits.DEFAULT, ONCE).refresh(now);
        Channel channel = Channel.parse(Channel.path("stable"), target(targets, Channel.path("stable")));
        SetManifest set = SetManifest.parse(channel.set(), target(targets, channel.set()), ReleaseLimits.DEFAULT);
        for (SetManifest.Member member :
                Stream.concat(Stream.of(set.base()), set.tasks().stream()).toList()) {
            Release release = Release.parse(member.release(), target(targets, member.release()), ReleaseLimits.DEFAULT);
            for (var file : release.files()) {
                if (!Hashes.sha256(served().resolve("blobs").resolve(file.sha256()))
                        .equals(file.sha256())) {
                    throw new AssertionError(file + " is not what its name says");
                }
            }
        }
        return set.name() + "/" + set.counter();
    }

    private static byte[] target(TrustedTargets targets, String path)
            throws RejectedException, UnavailableException, InterruptedException {
        return targets.download(targets.find(path).orElseThrow(), 1 << 20);
    }

    /** The same state in another folder. */
    Bench copyTo(Path other) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.toList()) {
                Path to = other.resolve(folder.relativize(each).toString());
                if (Files.isDirectory(each)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(each, to);
                }
            }
        }
        return new Bench(other);
    }
}
