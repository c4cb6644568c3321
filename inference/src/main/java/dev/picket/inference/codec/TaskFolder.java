package dev.picket.inference.codec;

import dev.picket.inference.BadArtefactException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A task read into memory from verified bytes; a folder that changes later changes nothing here.
 *
 * @param manifest what task.json says
 * @param digest SHA-256 of task.json's bytes
 * @param files the bytes of every listed file, by name; not to be changed
 */
public record TaskFolder(TaskManifest manifest, String digest, Map<String, byte[]> files) {
    /** What one listed file may weigh: an adapter of a large base has some 100 MB. */
    public static final int MAX_FILE_BYTES = 256 << 20;

    /** The bytes, and what is made of them before they go. */
    private static final int IN_HEAP = 2;

    public TaskFolder {
        files = Map.copyOf(files);
    }

    /**
     * Reads task.json and every file that it lists.
     *
     * @throws BadArtefactException when one is missing, changed or at fault
     * @throws IOException when the disk fails
     */
    public static TaskFolder read(Path folder) throws BadArtefactException, IOException {
        return read(folder, HeapRoom.ofThisProcess());
    }

    static TaskFolder read(Path folder, HeapRoom room) throws BadArtefactException, IOException {
        byte[] bytes = ManifestBytes.read(folder, TaskManifest.FILE);
        TaskManifest manifest = TaskManifest.parse(bytes);
        long all = manifest.files().stream().mapToLong(ListedFile::length).sum();
        room.require("Task '" + manifest.name() + "'", all, IN_HEAP);
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (ListedFile file : manifest.files()) {
            files.put(file.name(), file.read(folder, MAX_FILE_BYTES));
        }
        return new TaskFolder(manifest, Sha256.of(bytes), files);
    }

    /** The bytes of a listed file. */
    public Optional<byte[]> file(String name) {
        return Optional.ofNullable(files.get(name));
    }
}
