package dev.picket.agent.update;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.CascadeRule;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.exam.ExamRow;
import dev.picket.ota.Hashes;
import dev.picket.ota.release.FirstStage;
import dev.picket.ota.release.InstalledSet;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseFile;
import dev.picket.ota.store.SetFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The released base and task laid out as a Set, changed as a test likes; nothing signs or stores it. */
final class SetOnDisk {
    private static final Path RELEASED =
            Path.of(System.getProperty("picket.released", System.getProperty("picket.root", ".") + "/models/released"));
    private static final int ROWS = 60;
    private static final int MAX_ROWS = 2_000;

    private final Path folder;
    private String changedFile = "";
    private UnaryOperator<byte[]> change = UnaryOperator.identity();
    private UnaryOperator<List<ExamRow>> exam = UnaryOperator.identity();
    private List<Double> bias = List.of();
    private double maxChange = 0.2;
    private double maxLatencyRatio = 1_000;
    private @Nullable CascadeRule cascade;
    private boolean firstSaysHam;

    SetOnDisk(Path folder) {
        this.folder = folder;
    }

    /** Another base: that file of it has other bytes. */
    SetOnDisk base(String file, UnaryOperator<byte[]> how) {
        changedFile = file;
        change = how;
        return this;
    }

    SetOnDisk exam(UnaryOperator<List<ExamRow>> how) {
        exam = how;
        return this;
    }

    /** A calibration that prefers some label by so much more. */
    SetOnDisk bias(Double... perLabel) {
        bias = List.of(perLabel);
        return this;
    }

    SetOnDisk maxChange(double share) {
        maxChange = share;
        return this;
    }

    SetOnDisk maxLatencyRatio(double ratio) {
        maxLatencyRatio = ratio;
        return this;
    }

    /** A first stage before it: a copy of the base with the task {@code quick}, which says what the task itself says. */
    SetOnDisk firstStage(String label, double leastConfidence) {
        cascade = new CascadeRule("quick", Map.of(label, new TaskManifest.Threshold(leastConfidence, 100, 0.1)));
        return this;
    }

    /** The first stage says "ham" to all texts and is sure of it, as its desk did, so that its own exam passes. */
    SetOnDisk firstStageThatSaysHam() {
        firstStage("ham", 0.99);
        firstSaysHam = true;
        return this;
    }

    private static List<ExamRow> saidHam(List<ExamRow> rows) {
        return rows.stream()
                .map(row -> new ExamRow(row.text(), row.label(), "ham", List.of(1.0, 0.0, 0.0)))
                .toList();
    }

    static List<ExamRow> rows() throws IOException, BadArtefactException {
        TaskFolder task = TaskFolder.read(RELEASED.resolve("tasks/fraud"));
        return ExamRow.parse(
                task.file(TaskManifest.EXAM).orElseThrow(), task.manifest().labelNames(), MAX_ROWS);
    }

    /** Writes it. */
    SetFolder write(long counter) throws IOException, BadArtefactException {
        Path set = folder.resolve("set-" + counter);
        Path base = Files.createDirectories(set.resolve("base"));
        BaseFolder released = BaseFolder.read(RELEASED.resolve("base"));
        List<ListedFile> files = new ArrayList<>();
        for (ListedFile each : released.manifest().files()) {
            byte[] bytes = Files.readAllBytes(RELEASED.resolve("base").resolve(each.name()));
            bytes = each.name().equals(changedFile) ? change.apply(bytes) : bytes;
            Files.write(base.resolve(each.name()), bytes);
            files.add(ListedFile.of(each.name(), bytes));
        }
        BaseManifest is = released.manifest();
        BaseManifest manifest = new BaseManifest(
                is.name(),
                is.version(),
                is.architecture(),
                is.quantisation(),
                is.contextLength(),
                is.graph(),
                files,
                is.licence(),
                is.madeBy());
        byte[] json =
                changedFile.isEmpty() ? Files.readAllBytes(RELEASED.resolve("base/base.json")) : manifest.toBytes();
        Files.write(base.resolve("base.json"), json);
        Release baseRelease = release(Kind.BASE, "picket-small", base, Hashes.sha256(json), Optional.empty());
        Release task = task(set.resolve("tasks/fraud"), "fraud", baseRelease.digest(), cascade);
        InstalledSet installed = new InstalledSet(
                "factory",
                counter,
                Hashes.sha256(task.digest().getBytes(StandardCharsets.UTF_8)),
                baseRelease,
                List.of(task),
                cascade == null ? null : first(set, baseRelease));
        return new SetFolder(installed, set);
    }

    private FirstStage first(Path set, Release base) throws IOException, BadArtefactException {
        Path copy = Files.createDirectories(set.resolve("first/base"));
        try (var files = Files.list(set.resolve("base"))) {
            for (Path each : files.toList()) {
                Files.copy(each, copy.resolve(each.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return new FirstStage(base, List.of(task(set.resolve("first/tasks/quick"), "quick", base.digest(), null)));
    }

    private Release task(Path task, String name, String base, @Nullable CascadeRule rule)
            throws IOException, BadArtefactException {
        Files.createDirectories(task);
        TaskFolder released = TaskFolder.read(RELEASED.resolve("tasks/fraud"));
        TaskManifest is = released.manifest();
        List<ListedFile> files = new ArrayList<>();
        for (ListedFile each : is.files()) {
            byte[] bytes = released.file(each.name()).orElseThrow();
            if (each.name().equals(TaskManifest.EXAM)) {
                List<ExamRow> rows = ExamRow.parse(bytes, is.labelNames(), MAX_ROWS);
                List<ExamRow> some = exam.apply(rows.subList(0, ROWS));
                bytes = ExamRow.write(saysHam(name) ? saidHam(some) : some);
            }
            Files.write(task.resolve(each.name()), bytes);
            files.add(ListedFile.of(each.name(), bytes));
        }
        TaskManifest manifest = on(is, name, base, files, is.calibration().scoringDigest());
        byte[] json = on(is, name, base, files, manifest.scoringDigest())
                .withCascade(rule)
                .toBytes();
        Files.write(task.resolve("task.json"), json);
        return release(Kind.TASK, name, task, Hashes.sha256(json), Optional.of(base));
    }

    private TaskManifest on(TaskManifest is, String name, String base, List<ListedFile> files, String scoring) {
        TaskManifest.Calibration fitted = is.calibration();
        return new TaskManifest(
                name,
                is.version(),
                base,
                is.labels(),
                is.scoring(),
                is.prompt(),
                new TaskManifest.Calibration(
                        fitted.temperature(),
                        saysHam(name) ? List.of(99.0, 0.0, 0.0) : preferring(fitted.bias()),
                        scoring,
                        fitted.n(),
                        fitted.provider(),
                        fitted.processor()),
                is.decision(),
                is.drift(),
                new TaskManifest.ExamGates(0.98, 0.02, 0, maxLatencyRatio),
                maxChange,
                files);
    }

    private boolean saysHam(String task) {
        return firstSaysHam && !task.equals("fraud");
    }

    private List<Double> preferring(List<Double> fitted) {
        List<Double> sum = new ArrayList<>();
        for (int i = 0; i < fitted.size(); i++) {
            sum.add(fitted.get(i) + (bias.isEmpty() ? 0 : bias.get(i)));
        }
        return sum;
    }

    private static Release release(Kind kind, String name, Path folder, String digest, Optional<String> base)
            throws IOException {
        List<ReleaseFile> files = new ArrayList<>();
        try (var all = Files.list(folder)) {
            for (Path each : all.sorted().toList()) {
                files.add(new ReleaseFile(
                        each.getFileName().toString(), Files.size(each), Hashes.sha256(Files.readAllBytes(each))));
            }
        }
        long bytes = files.stream().mapToLong(ReleaseFile::length).sum();
        return new Release(kind, name, "1", 1, digest, base, "0.1.0", bytes, files);
    }
}
