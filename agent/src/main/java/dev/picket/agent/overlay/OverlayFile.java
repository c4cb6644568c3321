package dev.picket.agent.overlay;

import dev.picket.ota.AtomicFiles;
import dev.picket.ota.PlainFile;
import dev.picket.ota.RejectedException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * The file of a {@link Stored}, readable by the agent's user alone, since it shows how the gateway is watched.
 *
 * <pre>
 *   data/configuration.json                     replaced whole by one rename
 *   data/configuration-faulty-{instant}.json    what could not be used, as it was
 * </pre>
 */
final class OverlayFile {
    private static final DateTimeFormatter INSTANT =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

    private final Path file;

    OverlayFile(Path directory) {
        this.file = directory.resolve("configuration.json");
    }

    /**
     * @throws RejectedException when there is a file and it holds nothing that could be used
     * @throws IOException when it cannot be read now
     */
    Stored read() throws RejectedException, IOException {
        try {
            return Stored.parse(PlainFile.read(file, Stored.MAX_BYTES));
        } catch (NoSuchFileException _) {
            return Stored.none();
        }
    }

    void write(Stored stored) throws IOException {
        AtomicFiles.write(file, AtomicFiles.Access.OWNER, stored.toBytes());
    }

    /** Copies the file under another name, then the caller replaces it: a crash in between leaves both. */
    Path copyAside(Instant now) throws IOException {
        Path aside = file.resolveSibling("configuration-faulty-" + INSTANT.format(now) + ".json");
        AtomicFiles.write(aside, AtomicFiles.Access.OWNER, PlainFile.read(file, Stored.MAX_BYTES));
        return aside;
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
