package dev.picket.ota.repository;

import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Copies a tree to where it is served from, in an order in which a reader never finds a name before what it names:
 * blobs, targets, metadata, and timestamp.json last. What is there with the same length is not copied again, but for
 * timestamp.json: everything else is named by its hash or version and never changes.
 */
record TreeCopy(Path from, Path to) {
    void run(LongConsumer progress) throws IOException {
        if (from.toAbsolutePath().normalize().equals(to)) {
            return;
        }
        long copied = 0;
        for (String part : List.of("blobs", "targets", "metadata")) {
            for (Path file : files(from.resolve(part))) {
                if (!file.endsWith("timestamp.json") && !isThere(file)) {
                    copied += copy(file);
                    progress.accept(copied);
                }
            }
        }
        progress.accept(copied + copy(from.resolve("metadata/timestamp.json")));
    }

    private boolean isThere(Path file) throws IOException {
        Path target = target(file);
        return Files.isRegularFile(target) && Files.size(target) == Files.size(file);
    }

    private long copy(Path file) throws IOException {
        Path target = target(file);
        AtomicFiles.createFolders(target.resolveSibling(""));
        AtomicFiles.write(target, AtomicFiles.Access.EVERYONE, out -> Files.copy(file, out));
        return Files.size(target);
    }

    private Path target(Path file) {
        return to.resolve(from.relativize(file).toString());
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .filter(each -> !each.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }
}
