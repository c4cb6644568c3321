package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.Hashes;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.Channel;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.ReleaseFile;
import dev.picket.ota.release.ReleaseLimits;
import dev.picket.ota.release.SetManifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The targets and blobs of a tree, and the contents that list them. */
record TargetFiles(Path tree, Contents contents, Disk disk) {
    private static final int BUFFER = 1 << 16;
    private static final Pattern COUNTED = Pattern.compile("(?:[0-9a-f]{64}\\.)?([1-9][0-9]{0,17})\\.json");

    /** Writes a target, then lists it. */
    void put(String path, ObjectNode json, ObjectNode custom) throws IOException {
        put(Contents.TOP, path, json, custom);
    }

    /** The same for a team. */
    void put(String role, String path, ObjectNode json, ObjectNode custom) throws IOException {
        byte[] bytes = StrictJson.pretty(json);
        disk.write(file(path, Hashes.sha256(bytes)), bytes);
        contents.put(role, path, bytes, custom);
        contents.save();
    }

    byte[] read(String path) throws IOException {
        return Files.readAllBytes(file(path, contents.sha256(path).orElseThrow()));
    }

    /** The release of {@code name}, its newest, or of {@code name/counter}. */
    Release release(Kind kind, String reference) throws RejectedException, IOException {
        String[] parts = reference.split("/", 2);
        long counter = parts.length == 2 && parts[1].matches("[1-9][0-9]{0,17}")
                ? Long.parseLong(parts[1])
                : newest(folder(kind, parts[0]));
        return release(kind, parts[0], counter);
    }

    Release release(Kind kind, String name, long counter) throws RejectedException, IOException {
        String path = Release.path(kind, name, counter);
        if (contents.sha256(path).isEmpty()) {
            throw new RejectedException(
                    Reason.MISSING,
                    "The " + kind.wireName() + " " + name + (counter == 0 ? "" : "/" + counter)
                            + " is not in this repository: add it first.");
        }
        return Release.parse(path, read(path), ReleaseLimits.DEFAULT);
    }

    static String folder(Kind kind, String name) {
        return "releases/" + kind.wireName() + "/" + name;
    }

    /** The highest counter that is listed under a folder; 0 when there is none. */
    long newest(String folder) {
        return counters(contents.paths().stream()
                        .filter(each -> each.startsWith(folder + "/"))
                        .map(each -> each.substring(folder.length() + 1)))
                .max()
                .orElse(0);
    }

    /**
     * A counter that nothing had before: not what is listed, nor a file in the tree that is listed no more, after
     * {@code contents.json} came back from a backup.
     */
    long unused(String folder) throws IOException {
        Path files = tree.resolve("targets").resolve(folder);
        long used = newest(folder);
        if (Files.isDirectory(files)) {
            try (Stream<Path> all = Files.list(files)) {
                used = Math.max(
                        used,
                        counters(all.map(each -> each.getFileName().toString()))
                                .max()
                                .orElse(0));
            }
        }
        return used + 1;
    }

    /**
     * Takes away what a team lists, and the Sets that name any of it.
     *
     * @return the paths
     * @throws RejectedException when a channel names such a Set: gateways would follow it to what is not there
     */
    List<String> takeAway(String team) throws RejectedException, IOException {
        Set<String> gone = new TreeSet<>();
        contents.targets(team).fieldNames().forEachRemaining(gone::add);
        for (String path : contents.paths()) {
            if (Channel.isSetPath(path)
                    && SetManifest.parse(path, read(path), ReleaseLimits.DEFAULT)
                            .members()
                            .anyMatch(each -> gone.contains(each.release()))) {
                gone.add(path);
            }
        }
        for (String path : contents.paths()) {
            if (path.startsWith("channels/")
                    && gone.contains(Channel.parse(path, read(path)).set())) {
                throw new RejectedException(
                        Reason.MIXED,
                        path + " names " + Channel.parse(path, read(path)).set() + ", which holds what the team " + team
                                + " released: point that channel to another Set first.");
            }
        }
        gone.forEach(contents::remove);
        return List.copyOf(gone);
    }

    boolean hasBase(String digest) throws RejectedException, IOException {
        for (String path : contents.paths()) {
            if (path.startsWith("releases/base/")
                    && Release.parse(path, read(path), ReleaseLimits.DEFAULT)
                            .digest()
                            .equals(digest)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Copies one file of a release under its hash, unless it is there.
     *
     * @param progress told of each part
     * @throws RejectedException TAMPERED when it is not the file that was hashed before
     */
    void copyBlob(Path from, ReleaseFile file, LongConsumer progress) throws RejectedException, IOException {
        Path blob = tree.resolve("blobs").resolve(file.sha256());
        if (Files.exists(blob)) {
            progress.accept(file.length());
            return;
        }
        try {
            disk.write(blob, AtomicFiles.Access.EVERYONE, out -> copy(from, file.sha256(), out, progress));
        } catch (ChangedException _) {
            throw new RejectedException(
                    Reason.TAMPERED, from + " changed while it was copied: let its writer end, then add it again.");
        }
    }

    private static void copy(Path from, String sha256, OutputStream out, LongConsumer progress) throws IOException {
        MessageDigest digest = Hashes.digest("SHA-256");
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(from)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
                out.write(buffer, 0, n);
                progress.accept(n);
            }
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
            throw new ChangedException();
        }
    }

    /** Where a target with this hash lies: the hash before its name, as consistent snapshots have it. */
    private Path file(String path, String sha256) {
        int name = path.lastIndexOf('/') + 1;
        return tree.resolve("targets").resolve(path.substring(0, name) + sha256 + "." + path.substring(name));
    }

    private static LongStream counters(Stream<String> names) {
        return names.map(COUNTED::matcher).filter(Matcher::matches).mapToLong(each -> Long.parseLong(each.group(1)));
    }

    private static final class ChangedException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
