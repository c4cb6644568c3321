package dev.picket.models.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.inference.codec.ListedFile;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.models.Released;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a kill or a full disk leaves of a task that is being changed, at each step of the change. */
class TaskFilesTest {
    private static final byte[] EXAM = new byte[0];

    @TempDir
    private Path temporary;

    @Test
    void aKillAtAnyStepAfterTheChangeHoldsLeavesTheNewTaskToWhoeverReadsItNext() throws Exception {
        List<String> order = List.of(TaskManifest.ADAPTER, TaskManifest.EXAM, TaskManifest.FILE);
        for (int moved = 0; moved <= order.size(); moved++) {
            Path folder = released("after-" + moved);
            TaskManifest changed = changed(folder);
            TaskFiles.begin(folder, changed, contents(folder));
            for (String name : order.subList(0, moved)) {
                Files.move(
                        folder.resolve(TaskFiles.NEXT).resolve(name),
                        folder.resolve(name),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            TaskFolder read = TaskFiles.read(folder);
            assertThat(read.manifest()).as("%d files moved", moved).isEqualTo(changed);
            assertThat(TaskFolder.read(folder).file(TaskManifest.EXAM))
                    .hasValueSatisfying(bytes -> assertThat(bytes).isEmpty());
            assertThat(names(folder)).doesNotContain(TaskFiles.NEXT, TaskManifest.CENTROIDS);
            assertThat(folder.resolve("README.md")).hasContent("kept");
        }
    }

    @Test
    void aKillBeforeItHoldsLeavesTheOldTaskAndTheNextChangeTakesTheRestAway() throws Exception {
        Path folder = released("before");
        TaskFolder old = TaskFolder.read(folder);
        Path rest = Files.createDirectory(folder.resolve(".next.1.picket-tmp"));
        Files.writeString(rest.resolve(TaskManifest.HEAD), "half a he");
        assertThat(TaskFiles.read(folder).digest()).isEqualTo(old.digest());
        TaskDraft.rewrite(folder, old.manifest(), List.of());
        assertThat(names(folder)).noneMatch(name -> name.startsWith("."));
        assertThat(TaskFolder.read(folder).manifest().files())
                .hasSameSizeAs(old.manifest().files());
    }

    @Test
    void aDiskThatTakesNotAllOfItLeavesTheOldTask() throws Exception {
        Path folder = released("full");
        TaskFolder old = TaskFolder.read(folder);
        List<String> before = names(folder);
        assertThatThrownBy(() -> TaskFiles.write(
                        folder, changed(folder), Map.of(TaskManifest.EXAM, EXAM, "no/such/folder", new byte[1])))
                .isInstanceOf(NoSuchFileException.class);
        assertThat(TaskFolder.read(folder).digest()).isEqualTo(old.digest());
        assertThat(names(folder)).isEqualTo(before);
    }

    /** With an empty exam and without centroids. */
    private static TaskManifest changed(Path folder) throws Exception {
        TaskManifest task = TaskFolder.read(folder).manifest();
        List<ListedFile> files = new ArrayList<>(task.files());
        files.removeIf(
                each -> List.of(TaskManifest.EXAM, TaskManifest.CENTROIDS).contains(each.name()));
        files.add(ListedFile.of(TaskManifest.EXAM, EXAM));
        return new TaskManifest(
                task.name(),
                task.version(),
                task.base(),
                task.labels(),
                task.scoring(),
                task.prompt(),
                task.calibration(),
                task.decision(),
                null,
                task.exam(),
                task.maxChange(),
                task.cascade(),
                files);
    }

    private static Map<String, byte[]> contents(Path folder) throws IOException {
        return Map.of(
                TaskManifest.EXAM,
                EXAM,
                TaskManifest.ADAPTER,
                Files.readAllBytes(folder.resolve(TaskManifest.ADAPTER)));
    }

    private Path released(String name) throws IOException {
        Path folder = Files.createDirectory(temporary.resolve(name));
        try (Stream<Path> files = Files.list(Released.FRAUD)) {
            for (Path each : files.toList()) {
                Files.copy(each, folder.resolve(each.getFileName()));
            }
        }
        Files.writeString(folder.resolve("README.md"), "kept");
        return folder;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }
}
