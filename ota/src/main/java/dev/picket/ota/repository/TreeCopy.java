package dev.picket.ota.repository;

import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Copies a tree to where it is served from, in an order in which a reader never finds a name before what it names:
 *
 * <pre>
 *   blobs, targets, {n}.targets.json and {n}.snapshot.json, timestamp.json, {n}.root.json
 * </pre>
 *
 * A new root comes last: metadata that it and the root before it both accept are there already, so a gateway finds a whole
 * publication before it and after it. What is there with the same length is not copied again, for it is named by its hash;
 * metadata and targets, which are small, are compared byte by byte.
 */
record TreeCopy(Path from, Path to, Disk disk) {
    private static final int BUFFER = 1 << 16;

    /** What would be copied, in order. */
    List<Path> plan() throws IOException {
        List<Path> timestamp = new ArrayList<>();
        List<Path> roots = new ArrayList<>();
        List<Path> all = new ArrayList<>();
        if (from.toAbsolutePath().normalize().equals(to)) {
            return all;
        }
        for (String part : List.of("blobs", "targets", "metadata")) {
            for (Path file : disk.files(from.resolve(part))) {
                if (isThere(file, part.equals("blobs"))) {
                    continue;
                }
                String name = file.getFileName().toString();
                boolean metadata = part.equals("metadata");
                if (metadata && name.equals("timestamp.json")) {
                    timestamp.add(file);
                } else if (metadata && name.endsWith(".root.json")) {
                    roots.add(file);
                } else {
                    all.add(file);
                }
            }
        }
        // 9.root.json before 10.root.json.
        roots.sort((a, b) -> Long.compare(number(a), number(b)));
        all.addAll(timestamp);
        all.addAll(roots);
        return all;
    }

    /**
     * Copies.
     *
     * @param progress told the bytes that were copied so far
     * @throws IOException also when there is no room for it, before anything is written
     */
    void run(LongConsumer progress) throws IOException {
        List<Path> files = plan();
        checkRoom(files);
        long[] copied = {0};
        for (Path file : files) {
            disk.write(
                    target(file),
                    AtomicFiles.Access.EVERYONE,
                    out -> copy(file, out, n -> {
                        copied[0] += n;
                        progress.accept(copied[0]);
                    }));
        }
    }

    private void checkRoom(List<Path> files) throws IOException {
        long needed = 0;
        for (Path each : files) {
            needed += Files.exists(each) ? Files.size(each) : 0;
        }
        Path there = to;
        while (there.getParent() != null && !Files.exists(there)) {
            there = there.getParent();
        }
        FileStore store = Files.getFileStore(there);
        if (needed > store.getUsableSpace()) {
            throw new IOException(to + " has " + store.getUsableSpace() + " bytes of room where " + needed
                    + " are needed: nothing was copied");
        }
    }

    private boolean isThere(Path file, boolean byLength) throws IOException {
        Path target = target(file);
        if (!Files.isRegularFile(target) || disk.isNoted(file)) {
            return false;
        }
        return byLength ? Files.size(target) == Files.size(file) : Files.mismatch(target, file) < 0;
    }

    private Path target(Path file) {
        return to.resolve(from.relativize(file).toString());
    }

    private static void copy(Path file, OutputStream out, LongConsumer progress) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
                progress.accept(n);
            }
        }
    }

    private static long number(Path numbered) {
        String name = numbered.getFileName().toString();
        return Long.parseLong(name.substring(0, name.indexOf('.')));
    }
}
