package dev.picket.inference.codec;

import dev.picket.inference.BadArtefactException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A file that a manifest lists beside itself.
 *
 * @param name a plain file name: letters, digits, {@code . _ -}, no path, no leading dot
 * @param length bytes
 * @param sha256 of its bytes, lower-case hex
 */
public record ListedFile(String name, long length, String sha256) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");
    private static final long MAX_LENGTH = 1L << 36;

    /** The entry of a file with these bytes. */
    public static ListedFile of(String name, byte[] bytes) {
        return new ListedFile(name, bytes.length, Sha256.of(bytes));
    }

    /**
     * The entry of a file on disk.
     *
     * @throws IOException when it cannot be read
     */
    public static ListedFile of(Path file) throws IOException {
        return new ListedFile(String.valueOf(file.getFileName()), Files.size(file), Sha256.of(file));
    }

    /**
     * Reads the whole file and checks it.
     *
     * @param maxBytes the most that the caller will hold in memory
     * @return exactly the bytes that the manifest lists
     * @throws BadArtefactException when the file is missing, too long, or not the listed one
     * @throws IOException when the disk fails
     */
    public byte[] read(Path folder, int maxBytes) throws BadArtefactException, IOException {
        if (length > maxBytes) {
            throw new BadArtefactException(
                    name + " is listed with " + length + " bytes, more than the limit of " + maxBytes + ".");
        }
        // Of the listed length at once: what grows while it is read would lie in the heap twice.
        byte[] bytes = new byte[(int) length];
        long size;
        try (InputStream in = Files.newInputStream(folder.resolve(name))) {
            size = in.readNBytes(bytes, 0, bytes.length);
            size += size == length && in.read() >= 0 ? 1 : 0;
        } catch (NoSuchFileException e) {
            throw new BadArtefactException(missing(folder), e);
        }
        check(folder, size, size == length ? Sha256.of(bytes) : "");
        return bytes;
    }

    /**
     * Checks length and digest without holding the file.
     *
     * @throws BadArtefactException when the file is missing or not the listed one
     * @throws IOException when the disk fails
     */
    public void verify(Path folder) throws BadArtefactException, IOException {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new BadArtefactException(missing(folder));
        }
        long size = Files.size(file);
        check(folder, size, size == length ? Sha256.of(file) : "");
    }

    private void check(Path folder, long size, String digest) throws BadArtefactException {
        if (size != length) {
            throw new BadArtefactException(folder.resolve(name) + " has " + (size > length ? "more" : "fewer")
                    + " bytes than the " + length + " that its manifest lists.");
        }
        if (!digest.equals(sha256)) {
            throw new BadArtefactException(
                    folder.resolve(name) + " has the SHA-256 " + digest + ", its manifest lists " + sha256 + ".");
        }
    }

    private String missing(Path folder) {
        return folder.resolve(name) + " is missing, but the manifest beside it lists it.";
    }

    static List<ListedFile> parse(Fields fields, int maxCount) throws BadArtefactException {
        List<ListedFile> files = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Fields file : fields.objects("files", maxCount)) {
            String name = file.text("name", 128, NAME.asMatchPredicate(), "a plain file name");
            if (!names.add(name)) {
                throw file.fault("name", "lists '" + name + "' a second time");
            }
            files.add(new ListedFile(
                    name,
                    file.whole("length", 0, MAX_LENGTH),
                    file.text("sha256", 64, Sha256::looksRight, "64 lower-case hex characters")));
            file.end();
        }
        return List.copyOf(files);
    }
}
