package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseFile;
import dev.picket.ota.release.ReleaseLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/** A base's or task's folder, read as far as a release needs it: names, lengths and hashes of files. */
record ModelFolder(Kind kind, Path folder, Fields manifest, String digest, long manifestBytes) {
    private static final int MAX_FILES = 63;

    static ModelFolder read(Kind kind, Path folder) throws RejectedException, IOException {
        Path file = folder.resolve(kind.manifest());
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException _) {
            throw new RejectedException(
                    Reason.MISSING, file + " is not there: a " + kind.wireName() + " needs its manifest.");
        }
        Fields manifest = StrictJson.parse(file.toString(), bytes);
        manifest.number("format", 1, 1);
        if (!manifest.text("kind").equals(kind.wireName())) {
            throw manifest.fault("kind", kind.wireName());
        }
        return new ModelFolder(kind, folder, manifest, Hashes.sha256(bytes), bytes.length);
    }

    String name() throws RejectedException {
        return manifest.text("name");
    }

    /** The digest of the base that a task was made for. */
    Optional<String> base() throws RejectedException {
        return kind == Kind.TASK ? Optional.of(manifest.sha256("base")) : Optional.empty();
    }

    /**
     * The release of this folder, every file hashed.
     *
     * @param progress told of the bytes of each file that was hashed
     * @throws RejectedException when a file is not what the manifest says, or a task comes without exam or calibration
     */
    Release release(long counter, String minimumAgent, LongConsumer progress) throws RejectedException, IOException {
        if (kind == Kind.TASK) {
            checkTask();
        }
        List<ReleaseFile> files = new ArrayList<>();
        files.add(new ReleaseFile(kind.manifest(), manifestBytes, digest));
        for (Fields each : manifest.objects("files", MAX_FILES)) {
            ReleaseFile file = file(each);
            files.add(file);
            progress.accept(file.length());
        }
        long sum = files.stream().mapToLong(ReleaseFile::length).sum();
        Release release =
                new Release(kind, name(), manifest.text("version"), counter, digest, base(), minimumAgent, sum, files);
        // Through the reader that every gateway uses, so that nothing is published that none would take.
        return Release.parse(release.path(), StrictJson.pretty(release.toJson()), ReleaseLimits.DEFAULT);
    }

    private ReleaseFile file(Fields listed) throws RejectedException, IOException {
        String name = listed.text("name");
        long length = listed.number("length", 0, Long.MAX_VALUE);
        String sha256 = listed.sha256("sha256");
        Path file = folder.resolve(name);
        if (!folder.equals(file.normalize().getParent()) || !Files.isRegularFile(file)) {
            throw new RejectedException(
                    Reason.MISSING, manifest.where() + " lists " + name + ", which is no file of its folder.");
        }
        if (Files.size(file) != length || !Hashes.sha256(file).equals(sha256)) {
            throw new RejectedException(
                    Reason.TAMPERED, file + " is not the file that " + manifest.where() + " lists: make it anew.");
        }
        return new ReleaseFile(name, length, sha256);
    }

    private void checkTask() throws RejectedException, IOException {
        List<Fields> files = manifest.objects("files", MAX_FILES);
        if (files.stream().noneMatch(each -> each.node().path("name").asText().equals("exam.jsonl"))) {
            throw refused("has no exam: list an exam.jsonl in its files, for it is examined on every gateway");
        }
        Path exam = folder.resolve("exam.jsonl");
        if (Files.isRegularFile(exam) && isBlank(exam)) {
            throw refused("has an exam without a row: make the exam anew");
        }
        if (!(manifest.node().get("calibration") instanceof ObjectNode calibration) || calibration.isEmpty()) {
            throw refused("has no calibration: calibrate it on its base before it is released");
        }
    }

    private RejectedException refused(String why) throws RejectedException {
        return new RejectedException(Reason.MALFORMED, "The task " + name() + " in " + folder + " " + why + ".");
    }

    private static boolean isBlank(Path exam) throws IOException {
        try (Stream<String> lines = Files.lines(exam)) {
            return lines.allMatch(String::isBlank);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
