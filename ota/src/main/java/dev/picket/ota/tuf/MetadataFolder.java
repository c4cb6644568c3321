package dev.picket.ota.tuf;

import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Trusted metadata on disk. Each file is written after it was verified, in the specification's order, so a crash leaves
 * a prefix of a refresh, from which the next one goes on:
 *
 * <pre>
 *   root_history/{n}.root.json   every root since the first one
 *   root.json                    the last of them
 *   timestamp.json  snapshot.json  targets.json  {role, percent-encoded}.json
 * </pre>
 */
final class MetadataFolder {
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
