package dev.picket.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose a data directory is. Root keeps out of another user's: it would follow the links that this user makes there, and leave files
 * that the agent cannot write.
 */
final class DataOwner {
    private static final Logger LOG = LoggerFactory.getLogger(DataOwner.class);
    private static final Path SELF = Path.of("/proc/self/status");
    private static final int ROOT = 0;

    private DataOwner() {}

    /** @throws StartFailedException where this process is root and the directory is there and another user's */
    static void refuseRoot(Path directory) throws StartFailedException {
        try {
            if (Files.isDirectory(directory) && isRoot() && (int) Files.getAttribute(directory, "unix:uid") != ROOT) {
                String owner = Files.getOwner(directory).getName();
                throw new StartFailedException(
                        StartFailedException.Family.CONFIGURATION,
                        "the data directory %s belongs to the user %s, and root leaves it alone; run this as 'runuser -u %s -- picket ...'"
                                .formatted(directory, owner, owner));
            }
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            LOG.debug("Whose {} is cannot be told", directory, e);
        }
    }

    /** The effective user, as this process's namespace has it. */
    private static boolean isRoot() throws IOException {
        return Files.readAllLines(SELF).stream().anyMatch(line -> line.matches("Uid:\\s+\\d+\\s+" + ROOT + "\\s.*"));
    }
}
