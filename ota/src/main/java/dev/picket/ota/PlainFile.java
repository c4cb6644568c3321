package dev.picket.ota;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Reads a small file in a folder that somebody else may write, as root does in the agent's: no link that leads to another file, no pipe that
 * never ends, no device, and no more than what is expected there.
 */
public final class PlainFile {
    private PlainFile() {}

    /**
     * @throws java.nio.file.NoSuchFileException when there is none
     * @throws IOException with a sentence when it is something else, or longer
     */
    public static byte[] read(Path file, int maxBytes) throws IOException {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!found.isRegularFile()) {
            throw new IOException(file + " is no plain file; look at who has put it there");
        }
        // A link that has come since then is not followed either.
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw new IOException(file + " has more than " + maxBytes + " bytes");
            }
            return bytes;
        }
    }
}
