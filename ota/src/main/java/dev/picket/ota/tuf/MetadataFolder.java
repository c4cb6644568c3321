package dev.picket.ota.tuf;

import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Trusted metadata on disk. Each file is written after it was verified, in the specification's order, so a crash leaves
 * a prefix of a refresh, from which the next one goes on:
 *
 * <pre>
 *   root_history/{n}.root.json   every root since the first one
 *   root.json                    the last of them
 *   timestamp.json  snapshot.json  targets.json  {role, percent-encoded}.json, bounded
 * </pre>
 */
final class MetadataFolder {
    private static final Set<String> TOP = Set.of("root.json", "timestamp.json", "snapshot.json", "targets.json");

    private final Path folder;

    MetadataFolder(Path folder) {
        this.folder = folder;
    }

    void open() throws IOException {
        AtomicFiles.createFolders(folder.resolve("root_history"));
        AtomicFiles.removeStale(folder);
        AtomicFiles.removeStale(folder.resolve("root_history"));
    }

    byte @Nullable [] root(long version) throws IOException {
        return read(folder.resolve("root_history").resolve(version + ".root.json"));
    }

    void saveRoot(long version, byte[] bytes) throws IOException {
        AtomicFiles.write(folder.resolve("root_history").resolve(version + ".root.json"), bytes);
        AtomicFiles.write(folder.resolve("root.json"), bytes);
    }

    byte @Nullable [] role(String role) throws IOException {
        return read(file(role));
    }

    void save(String role, byte[] bytes) throws IOException {
        AtomicFiles.write(file(role), bytes);
    }

    void delete(String role) throws IOException {
        AtomicFiles.remove(file(role));
    }

    /**
     * Removes delegated roles that are not listed any more, and those written longest ago where all take more room than
     * they may: a search fetches again what it needs.
     */
    void keepDelegated(Set<String> listed, long maxBytes) throws IOException {
        Set<Path> known = listed.stream().map(this::file).collect(Collectors.toSet());
        long left = maxBytes;
        for (Path each : delegatedNewestFirst()) {
            left -= Files.size(each);
            if (left < 0 || !known.contains(each)) {
                AtomicFiles.remove(each);
            }
        }
    }

    private List<Path> delegatedNewestFirst() throws IOException {
        Map<Path, FileTime> written = new HashMap<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*.json")) {
            for (Path each : all) {
                if (!TOP.contains(each.getFileName().toString())) {
                    written.put(each, Files.getLastModifiedTime(each));
                }
            }
        }
        return written.entrySet().stream()
                .sorted(Map.Entry.<Path, FileTime>comparingByValue().reversed())
                .map(Map.Entry::getKey)
                .toList();
    }

    private Path file(String role) {
        return folder.resolve(RoleName.encoded(role) + ".json");
    }

    private static byte @Nullable [] read(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException _) {
            return null;
        }
    }
}
