package dev.picket.agent;

import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One agent a data directory: two would number their verdicts alike. The system lets go of it with the process. */
public final class DataLock implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DataLock.class);

    private final FileChannel channel;

    private DataLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Makes the directory where there is none, and locks it; root does so in its own ones only. */
    public static DataLock take(Path directory) throws StartFailedException {
        DataOwner.refuseRoot(directory);
        FileChannel channel = null;
        try {
            AtomicFiles.createClosedFolder(directory);
            channel = AtomicFiles.append(directory.resolve("lock"));
            if (locked(channel)) {
                return new DataLock(channel);
            }
            closeQuietly(channel);
            throw new StartFailedException(
                    StartFailedException.Family.UNAVAILABLE,
                    "another agent runs on " + directory + "; stop it, or set data.directory");
        } catch (IOException e) {
            closeQuietly(channel);
            throw new StartFailedException(
                    StartFailedException.Family.UNAVAILABLE,
                    "the data directory " + directory + " cannot be used: " + DiskFault.reason(e)
                            + "; set data.directory to one that this user can write to");
        }
    }

    /** Whether no agent runs on it now, as far as this user may know; false where the directory is not to be used. */
    public static boolean isFree(Path directory) {
        try (DataLock _ = take(directory)) {
            return true;
        } catch (StartFailedException _) {
            return false;
        }
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            // Held by an agent of this very process.
            return false;
        }
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.debug("The lock's file could not be closed: {}", e.getMessage());
        }
    }
}
