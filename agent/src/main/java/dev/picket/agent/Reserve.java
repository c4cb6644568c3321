package dev.picket.agent;

import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that holds nothing but room: SQLite needs some to open a database at all, and a disk that somebody has filled to the
 * last byte has none. It is given up for that once, and set aside again when there is room.
 */
final class Reserve {
    private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);
    private static final String NAME = "reserve";
    private static final int BYTES = 1 << 20;

    private final Path file;

    Reserve(Path data) {
        this.file = data.resolve(NAME);
    }

    /** Sets it aside, where it is not and there is room. */
    void keep() {
        if (Files.exists(file)) {
            return;
        }
        try {
            AtomicFiles.write(file, new byte[BYTES]);
        } catch (IOException e) {
            LOG.warn("No room can be set aside at {}: {}; free the disk", file, DiskFault.reason(e));
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
