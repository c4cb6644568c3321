package dev.picket.sensors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A file as its folder tells it.
 *
 * @param key device and inode, as {@code (dev=802,ino=131077)}: stays when the file is renamed
 */
record FileState(Path path, String key, long size, long modifiedMillis, boolean regular) {
    static FileState of(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        return new FileState(
                path,
                String.valueOf(attributes.fileKey()),
                attributes.size(),
                attributes.lastModifiedTime().toMillis(),
                attributes.isRegularFile());
    }

    /** As {@link #of}, null where no such file is. */
    static @Nullable FileState ofOrNull(Path path) throws IOException {
        try {
            return of(path);
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
