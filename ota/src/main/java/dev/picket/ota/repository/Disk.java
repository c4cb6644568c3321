package dev.picket.ota.repository;

import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where a publisher's files go: the disk, or the list of a {@link DryRun}. */
public interface Disk {
    /** The real one. */
    Disk REAL = new Disk() {
        @Override
        public void write(Path file, AtomicFiles.Access access, AtomicFiles.Content content) throws IOException {
            AtomicFiles.createFolders(file.toAbsolutePath().resolveSibling(""));
            AtomicFiles.write(file, access, content);
        }

        @Override
        public void remove(Path file) throws IOException {
            AtomicFiles.remove(file);
        }
    };

    /** Writes a file whole, as {@link AtomicFiles} does; folders above it are made. */
    void write(Path file, AtomicFiles.Access access, AtomicFiles.Content content) throws IOException;

    /** Removes a file, if it is there. */
    void remove(Path file) throws IOException;

    /** Writes a file that everyone may read. */
    default void write(Path file, byte[] bytes) throws IOException {
        write(file, AtomicFiles.Access.EVERYONE, out -> out.write(bytes));
    }

    /** Whether the file's content is still to come, because this run only notes it. */
    default boolean isNoted(Path file) {
        return false;
    }

    /** The files under a folder, sorted; no temporary ones. */
    default List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .filter(each -> !each.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException _) {
            return List.of();
        }
    }
}
