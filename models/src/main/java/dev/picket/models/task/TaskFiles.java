package dev.picket.models.task;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Changes several of a task's files as one, so that neither a kill nor a full disk leaves a folder that lists what is not there.
 *
 * <pre>
 *   TASK_DIR/.next.{random}.picket-tmp/   the new files and task.json, written and forced one by one
 *   TASK_DIR/.next/                       by one move, from where on the change holds
 *   TASK_DIR/{file}                       each moved out of it, task.json last
 *                                         files that task.json no longer lists and .next/ go
 * </pre>
 *
 * Before the move to .next the task is the old one, and the next change takes the temporary folder away. From then on it is the new one:
 * {@link #read} and each further change first finish what was begun. The folder itself never moves, and what else lies in it is left alone.
 */
public final class TaskFiles {
    static final String NEXT = ".next";
    private static final List<String> OWN =
            List.of(TaskManifest.ADAPTER, TaskManifest.HEAD, TaskManifest.CENTROIDS, TaskManifest.EXAM);

    private TaskFiles() {}

    /** Reads a task, after what a killed command had begun is finished. */
    public static TaskFolder read(Path folder) throws IOException, BadArtefactException {
        finish(folder);
        return TaskFolder.read(folder);
    }

    /** Finishes or takes away what a killed command left in a folder, which need not exist. */
    public static void settle(Path folder) throws IOException, BadArtefactException {
        finish(folder);
        AtomicFiles.removeStale(folder);
    }

    /**
     * Puts files into a folder, and the task.json that lists them; the folder is made where there is none.
     *
     * @param contents those of the listed files that are new
     */
    static void write(Path folder, TaskManifest task, Map<String, byte[]> contents)
            throws IOException, BadArtefactException {
        AtomicFiles.createFolders(folder);
        settle(folder);
        begin(folder, task, contents);
        finish(folder);
    }

    /** Writes all and gives it the name from which on the change holds. */
    static void begin(Path folder, TaskManifest task, Map<String, byte[]> contents) throws IOException {
        Path made = AtomicFiles.temporaryFor(folder.resolve("next"));
        try {
            AtomicFiles.createFolders(made);
            for (Map.Entry<String, byte[]> each : contents.entrySet()) {
                AtomicFiles.write(made.resolve(each.getKey()), each.getValue());
            }
            AtomicFiles.write(made.resolve(TaskManifest.FILE), task.toBytes());
            AtomicFiles.move(made, folder.resolve(NEXT));
        } finally {
            AtomicFiles.removeTree(made);
        }
    }

    private static void finish(Path folder) throws IOException, BadArtefactException {
        Path next = folder.resolve(NEXT);
        if (!Files.isDirectory(next)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> there = Files.list(next)) {
            files = there.filter(file -> !file.endsWith(TaskManifest.FILE)).toList();
        }
        for (Path file : files) {
            AtomicFiles.move(file, folder.resolve(file.getFileName()));
        }
        Path manifest = next.resolve(TaskManifest.FILE);
        if (Files.exists(manifest)) {
            AtomicFiles.move(manifest, folder.resolve(TaskManifest.FILE));
        }
        removeUnlisted(folder);
        AtomicFiles.removeTree(next);
        AtomicFiles.forceFolder(folder);
    }

    private static void removeUnlisted(Path folder) throws IOException, BadArtefactException {
        TaskManifest task = TaskManifest.parse(Files.readAllBytes(folder.resolve(TaskManifest.FILE)));
        Set<String> listed = task.files().stream().map(ListedFile::name).collect(Collectors.toSet());
        for (String name : OWN) {
            if (!listed.contains(name)) {
                AtomicFiles.remove(folder.resolve(name));
            }
        }
    }
}
