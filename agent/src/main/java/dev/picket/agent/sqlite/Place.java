package dev.picket.agent.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which file it is that is open, by device and inode: SQLite goes on writing to one that has lost its name, and what it
 * commits there is gone with the process.
 *
 * <pre>
 * HERE      the name still leads to the open file
 * DELETED   the folder is the same, and the name is gone from it: what is open is the only copy
 * REPLACED  the name leads to another file
 * AWAY      neither the name nor the folder is there: a disk that was taken out, or a folder that was moved
 * </pre>
 */
public final class Place {
    /** Where the open file stands. */
    public enum Now {
        HERE,
        DELETED,
        REPLACED,
        AWAY
    }

    private final Path file;
    private final Path folder;
    private final @Nullable Object fileKey;
    private final @Nullable Object folderKey;

    private Place(Path file, Path folder) {
        this.file = file;
        this.folder = folder;
        this.fileKey = key(file);
        this.folderKey = key(folder);
    }

    static Place of(Path file) {
        Path absolute = file.toAbsolutePath();
        return new Place(absolute, Objects.requireNonNullElse(absolute.getParent(), absolute));
    }

    /** Costs one look at the folder. */
    Now now() {
        Object key = key(file);
        if (key != null) {
            return key.equals(fileKey) ? Now.HERE : Now.REPLACED;
        }
        return Objects.equals(key(folder), folderKey) ? Now.DELETED : Now.AWAY;
    }

    /** Null where it is not there; the path itself on a file system that numbers no files. */
    private static @Nullable Object key(Path path) {
        try {
            Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
            return key == null ? path : key;
        } catch (IOException _) {
            return null;
        }
    }
}
