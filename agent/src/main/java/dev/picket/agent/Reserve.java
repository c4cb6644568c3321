package dev.picket.agent;

import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that hold nothing but room: SQLite needs some to open a database at all, and commands need what the state sets aside. A disk
 * that somebody has filled to the last byte has none.
 *
 * <pre>
 *   reserve        given up for a start on a full disk, so that the files can be opened
 *   reserve-last   given up for the start after that, where a kill left the files as they were: they need a little more then, once
 * </pre>
 *
 * Both are set aside again where there is room: at a start, and at an end, which gives some.
 */
final class Reserve {
    private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);
    /** What state and journal take of the disk beside their rows while they are open. */
    private static final int BYTES = 2 << 20;

    private static final int LEAST_BYTES = 128 << 10;

    private final Path file;
    private final Path last;

    Reserve(Path data) {
        this.file = data.resolve("reserve");
        this.last = data.resolve("reserve-last");
    }

    /** Sets aside what is not, as far as there is room. */
    void keep() {
        keep(last, LEAST_BYTES);
        keep(file, BYTES);
    }

    private static void keep(Path file, int most) {
        if (Files.exists(file)) {
            return;
        }
        IOException fault = null;
        for (int bytes = most; bytes >= LEAST_BYTES; bytes /= 2) {
            try {
                AtomicFiles.write(file, new byte[bytes]);
                return;
            } catch (IOException e) {
                fault = e;
            }
        }
        if (fault != null) {
            LOG.warn("No room can be set aside at {}: {}; free the disk", file, DiskFault.reason(fault));
        }
    }

    /** That the disk is full, where it is: what failed on it has a reason of its own for each file. */
    static Optional<String> fullDisk(Path data) {
        try {
            return Files.getFileStore(data).getUsableSpace() < LEAST_BYTES
                    ? Optional.of(
                            "the disk under " + data + " is full, and the agent cannot open its files there without "
                                    + (BYTES >> 20) + " MiB; make room")
                    : Optional.empty();
        } catch (IOException e) {
            LOG.debug("The disk under {} cannot be asked for its room", data, e);
            return Optional.empty();
        }
    }

    /** Gives the next of them up; false where there is none. */
    boolean release() {
        return release(file) || release(last);
    }

    private static boolean release(Path file) {
        try {
            boolean there = Files.exists(file);
            AtomicFiles.remove(file);
            return there;
        } catch (IOException e) {
            LOG.warn("The room that was set aside at {} cannot be given up: {}", file, DiskFault.reason(e));
            return false;
        }
    }
}
