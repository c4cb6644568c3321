package dev.picket.ota.update;

import dev.picket.ota.AtomicFiles;
import dev.picket.ota.RejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code update-state.json}, replaced whole by one rename: after a crash it holds the step before or the next one. */
public final class StateFile {
    private final Path path;

    /**
     * Names the file; its folder is made at the first read.
     *
     * @param folder the folder of updates
     */
    public StateFile(Path folder) {
        this.path = folder.resolve("update-state.json");
    }

    UpdateState read() throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            AtomicFiles.createFolders(folder);
            AtomicFiles.removeStale(folder);
        }
        if (!Files.exists(path)) {
            return UpdateState.first();
        }
        try {
            return UpdateState.parse(Files.readAllBytes(path));
        } catch (RejectedException e) {
            throw new IOException(path + " cannot be read, move it away to start without a Set: " + e.getMessage(), e);
        }
    }

    void write(UpdateState state) throws IOException {
        AtomicFiles.write(path, state.toBytes());
    }
}
