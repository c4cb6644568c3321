package dev.picket.ota;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.UUID;

/**
 * The one writer of files: a reader finds the old content or the new one, never a part, whenever the process is killed
 * or the power is cut.
 *
 * <pre>
 *   folder/.name.{random}.picket-tmp   written, then forced
 *   folder/name                        by atomic move over what was there
 *   folder                             forced, so that the name itself survives
 * </pre>
 *
 * A crash before the move leaves the old file and a stale temporary one, which {@link #removeStale} takes away at the
 * next start. A crash after the move and before the folder is forced leaves either the old or the new file.
 */
public final class AtomicFiles {
    static final String TEMPORARY = ".picket-tmp";

    private AtomicFiles() {}

    /** Who may read a file; its owner alone may always write it. */
    public enum Access {
        /** 0600: keys and tokens of one user. */
        OWNER("rw-------"),
        /** 0640. */
        GROUP("rw-r-----"),
        /** 0644. */
        EVERYONE("rw-r--r--");

        private final String permissions;

        Access(String permissions) {
            this.permissions = permissions;
        }
    }

    /** Writes a file's content to a stream. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes a file that everyone may read. */
    public static void write(Path file, byte[] bytes) throws IOException {
        write(file, Access.EVERYONE, bytes);
    }

    /** Writes a file with the given access, which it has from its first byte on. */
    public static void write(Path file, Access access, byte[] bytes) throws IOException {
        write(file, access, out -> out.write(bytes));
    }

    /**
     * Writes a file as a stream. When the content throws, the old file stays and the temporary one is removed.
     *
     * @param file its folder must exist
     * @param access who may read it, from its first byte on
     * @param content writes the content; need not close the stream
     * @throws IOException when anything could not be written, forced or moved
     */
    public static void write(Path file, Access access, Content content) throws IOException {
        Path temporary = temporaryFor(file);
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    attribute(file, access.permissions))) {
                OutputStream out = Channels.newOutputStream(channel);
                content.writeTo(out);
                out.flush();
                channel.force(true);
            }
            move(temporary, file);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Opens a file that grows by appending and may be torn at its end by a crash: a download to be resumed. Its readers
     * check it; {@link #publish} gives it its final name.
     */
    public static FileChannel append(Path file) throws IOException {
        return FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND,
                LinkOption.NOFOLLOW_LINKS);
    }

    /** Forces a complete file, then gives it its final name in one step, then forces the folder. */
    public static void publish(Path complete, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(complete, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        move(complete, file);
    }

    /** Moves a file or a folder in one step over what is there, and forces the folders of both. */
    public static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        Path folder = parent(to);
        forceFolder(folder);
        if (!folder.equals(parent(from))) {
            forceFolder(parent(from));
        }
    }

    /** Creates a folder with those above it, each forced into its parent, so that the path survives a power cut. */
    public static void createFolders(Path folder) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path at = folder.toAbsolutePath(); at != null && !Files.isDirectory(at); at = at.getParent()) {
            missing.push(at);
        }
        for (Path each : missing) {
            Files.createDirectories(each);
            forceFolder(parent(each));
        }
    }

    /** As {@link #createFolders}, but the folder itself is closed to others (0750). One that is there stays as it is. */
    public static void createClosedFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        createFolders(parent(folder));
        Files.createDirectory(folder, attribute(folder, "rwxr-x---"));
        forceFolder(parent(folder));
    }

    /** Forces a folder's entries: names made, moved or removed in it before this call survive a power cut. */
    public static void forceFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Removes a file, if it is there, and forces the folder. */
    public static void remove(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            forceFolder(parent(file));
        }
    }

    /** Removes a folder and all in it without following links; nothing happens when it is not there. */
    public static void removeTree(Path folder) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    removeTree(entry);
                }
            }
        }
        Files.deleteIfExists(folder);
    }

    /**
     * Removes the temporary files and folders that a crash left in a folder. Call it at start, before anything writes
     * there: it cannot tell a live writer's file from a stale one.
     *
     * @param folder need not exist
     * @return how many were removed
     */
    public static int removeStale(Path folder) throws IOException {
        int removed = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, ".*" + TEMPORARY)) {
            for (Path entry : entries) {
                removeTree(entry);
                removed++;
            }
        } catch (NoSuchFileException _) {
            return 0;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return removed;
    }

    /** A name in the same folder that {@link #removeStale} knows: for a folder that {@link #move} will publish. */
    public static Path temporaryFor(Path file) {
        return file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + TEMPORARY);
    }

    private static FileAttribute<?>[] attribute(Path file, String permissions) {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static Path parent(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        return parent == null ? file.toAbsolutePath() : parent;
    }
}
