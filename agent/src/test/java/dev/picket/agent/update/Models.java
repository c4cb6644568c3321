package dev.picket.agent.update;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import dev.picket.ota.RejectedException;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.SetManifest;
import dev.picket.ota.repository.KeyFolder;
import dev.picket.ota.repository.Repository;
import dev.picket.ota.repository.Validity;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The released base and task in a repository of the test's own, with variants of the task. */
final class Models {
    static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Path RELEASED =
            Path.of(System.getProperty("picket.released", System.getProperty("picket.root", ".") + "/models/released"));
    private static final int FEW_ITERATIONS = 10;
    private static final int MAX_ROWS = 2000;

    private final Path folder;
    private final KeyFolder keys;
    private final Repository repository;

    Models(Path folder) throws RejectedException, IOException {
        assertTrue(Files.exists(RELEASED.resolve("base/base.json")), "There is no released Set in " + RELEASED);
        this.folder = folder;
        this.keys = new KeyFolder(folder.resolve("keys"), "secret".toCharArray(), FEW_ITERATIONS);
        this.repository = Repository.init(folder.resolve("repo"), keys, 1, 1, Validity.DEFAULT, NOW);
        repository.add(Kind.BASE, RELEASED.resolve("base"), "0.1.0", bytes -> {});
    }

    URI served() {
        return repository.tree().toUri();
    }

    Path root() {
        return repository.trustRoot();
    }

    /** Publishes a Set with the task's exam and manifest changed so. */
    SetManifest publish(UnaryOperator<List<ExamRow>> exam, UnaryOperator<TaskManifest> change)
            throws RejectedException, BadArtefactException, IOException {
        Path task = folder.resolve("task-" + System.nanoTime());
        Files.createDirectories(task);
        TaskFolder released = TaskFolder.read(RELEASED.resolve("tasks/fraud"));
        List<ListedFile> files = new ArrayList<>();
        for (ListedFile file : released.manifest().files()) {
            byte[] bytes = released.file(file.name()).orElseThrow();
            if (file.name().equals(TaskManifest.EXAM)) {
                List<ExamRow> rows = ExamRow.parse(bytes, released.manifest().labelNames(), MAX_ROWS);
                bytes = ExamRow.write(exam.apply(rows.subList(0, Math.min(120, rows.size()))));
            }
            Files.write(task.resolve(file.name()), bytes);
            files.add(ListedFile.of(file.name(), bytes));
        }
        Files.write(
                task.resolve("task.json"),
                change.apply(with(released.manifest(), "1", files)).toBytes());
        repository.add(Kind.TASK, task, "0.1.0", bytes -> {});
        String base = repositoryBase();
        SetManifest set = repository.addSet("factory", base, List.of("fraud"));
        repository.pointChannel("stable", set.path());
        repository.publish(repository.tree(), keys, Validity.DEFAULT, NOW, bytes -> {});
        return set;
    }

    /** Another task by its digest alone. */
    static UnaryOperator<TaskManifest> version(String version) {
        return manifest -> with(manifest, version, manifest.files());
    }

    private String repositoryBase() throws IOException {
        try (var all = Files.list(repository.tree().resolve("targets/releases/base"))) {
            return all.findFirst().orElseThrow().getFileName().toString();
        }
    }

    /** Without the claim of macro-F1, which a part of the exam may not reach, and with room for a noisy machine. */
    private static TaskManifest with(TaskManifest task, String version, List<ListedFile> files) {
        TaskManifest.ExamGates gates = new TaskManifest.ExamGates(
                task.exam().minAgreement(), task.exam().maxMeanDifference(), 0, 100);
        return new TaskManifest(
                task.name(),
                version,
                task.base(),
                task.labels(),
                task.scoring(),
                task.prompt(),
                task.calibration(),
                task.decision(),
                task.drift(),
                gates,
                task.maxChange(),
                files);
    }
}
