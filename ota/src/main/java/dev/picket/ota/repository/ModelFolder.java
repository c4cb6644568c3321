package dev.picket.ota.repository;

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
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
     * @throws RejectedException when a file is not what the manifest says, or a task comes without exam or calibration
     */
    Release release(long counter, String minimumAgent) throws RejectedException, IOException {
        List<ReleaseFile> files = new ArrayList<>();
        files.add(new ReleaseFile(kind.manifest(), manifestBytes, digest));
        for (Fields each : manifest.objects("files", MAX_FILES)) {
            files.add(file(each));
        }
        if (kind == Kind.TASK) {
            checkTask(files);
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

    private void checkTask(List<ReleaseFile> files) throws RejectedException {
        if (files.stream().noneMatch(each -> each.name().equals("exam.jsonl"))) {
            throw manifest.fault("files", "a list with exam.jsonl: a task is examined on every gateway");
        }
        if (!manifest.has("calibration")) {
            throw manifest.fault("calibration", "there: a task is calibrated before it is released");
        }
    }
}
