package dev.picket.agent;

import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that holds nothing but room: SQLite needs some to open a database at all, and commands need what the state sets aside. A
 * disk that somebody has filled to the last byte has none. It is given up for that once, and set aside again when there is room: at a
 * start, and at an end, which gives some.
 */
final class Reserve {
    private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);
    private static final String NAME = "reserve";
    /** What state and journal take of the disk beside their rows while they are open. */
    private static final int BYTES = 2 << 20;

    private static final int LEAST_BYTES = 128 << 10;

    private final Path file;

    Reserve(Path data) {
        this.file = data.resolve(NAME);
    }

    /** Sets it aside, where it is not and there is room. */
    void keep() {
        if (Files.exists(file)) {
            return;
        }
        IOException fault = null;
        for (int bytes = BYTES; bytes >= LEAST_BYTES; bytes /= 2) {
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

    /** Gives it up; false where there is none. */
    boolean release() {
        try {
            if (!Files.exists(file)) {
                return false;
            }
            AtomicFiles.remove(file);
            return true;
        } catch (IOException e) {
            LOG.warn("The room that was set aside at {} cannot be given up: {}", file, DiskFault.reason(e));
            return false;
        }
    }
}
