package dev.picket.inference.engine;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.TaskFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The released Set's folders: those of the tree, or those of {@code -Dpicket.released=DIR}. */
final class Released {
    static final String TASK = "fraud";

    private Released() {}

    private static Path folder() {
        String root = System.getProperty("picket.root", ".");
        return Path.of(System.getProperty("picket.released", root + "/models/released"));
    }

    /** Whether there is one. */
    static boolean isThere() {
        return Files.exists(folder().resolve("base/base.json"))
                && Files.exists(folder().resolve("tasks").resolve(TASK).resolve("task.json"));
    }

    static BaseFolder base() throws BadArtefactException, IOException {
        return BaseFolder.read(folder().resolve("base"));
    }

    static TaskFolder task() throws BadArtefactException, IOException {
        return TaskFolder.read(folder().resolve("tasks").resolve(TASK));
    }
}
