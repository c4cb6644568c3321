package dev.picket.ota.repository;

import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Lets a number of writes and removals through, then dies in the next one and leaves its torn temporary file. */
final class DyingDisk implements Disk {
    /** What a kill looks like from inside. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private int left;

    DyingDisk(int writes) {
        this.left = writes;
    }

    @Override
    public void write(Path file, AtomicFiles.Access access, AtomicFiles.Content content) throws IOException {
        if (left-- == 0) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(AtomicFiles.temporaryFor(file), new byte[] {'{'});
            throw new Killed();
        }
        Disk.REAL.write(file, access, content);
    }

    @Override
    public void remove(Path file) throws IOException {
        if (left-- == 0) {
            throw new Killed();
        }
        Disk.REAL.remove(file);
    }
}
