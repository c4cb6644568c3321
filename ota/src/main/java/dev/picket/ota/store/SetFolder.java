package dev.picket.ota.store;

import dev.picket.ota.release.InstalledSet;
import java.nio.file.Path;
import java.util.List;

/**
 * A Set whole on disk; its files never change.
 *
 * @param folder {@code base/} and {@code tasks/{name}/}, as the desk laid them out; a first stage's below {@code first/}
 */
public record SetFolder(InstalledSet set, Path folder) {
    public Path base() {
        return folder.resolve("base");
    }

    public Path task(String name) {
        return folder.resolve("tasks").resolve(name);
    }

    /** Where the first stage's base lies, if there is one. */
    public Path firstBase() {
        return folder.resolve("first").resolve("base");
    }

    public Path firstTask(String name) {
        return folder.resolve("first").resolve("tasks").resolve(name);
    }

    public List<String> taskNames() {
        return set.tasks().stream().map(each -> each.name()).toList();
    }
}
