package dev.picket.ota.repository;

import dev.picket.ota.AtomicFiles;
import dev.picket.ota.UnavailableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One command at a time changes a repository: an operating system's lock on {@code lock}, which ends with the process however
 * that ends. Take it before the repository is opened, so that what is read is what was written last.
 */
public final class RepositoryLock implements AutoCloseable {
    private final FileChannel channel;

    private RepositoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes it, or refuses at once.
     *
     * @throws UnavailableException when another command holds it
     */
    public static RepositoryLock take(Path folder) throws UnavailableException, IOException {
        AtomicFiles.createFolders(folder);
        FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            taken = isTaken(channel);
        } finally {
            if (!taken) {
                channel.close();
            }
        }
        if (!taken) {
            throw new UnavailableException("Another `picket release` command is changing " + folder
                    + ": run this one again when it has ended.");
        }
        return new RepositoryLock(channel);
    }

    private static boolean isTaken(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            // Held by another thread of this process.
            return false;
        }
    }

    /** Lets the next one in; the file stays. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
