package dev.picket.inference.codec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;

/** SHA-256 as lower-case hex: the only digest that names bases, tasks and files. */
public final class Sha256 {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
    private static final int CHUNK_BYTES = 1 << 16;

    private Sha256() {}

    /** The digest of some bytes, 64 lower-case hex characters. */
    public static String of(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    /**
     * The digest of a file, read once in small pieces.
     *
     * @throws IOException when the file cannot be read
     */
    public static String of(Path file) throws IOException {
        return of(file, _ -> {});
    }

    /**
     * The same, telling of the bytes as they are read.
     *
     * @param read is given how many more there were
     */
    public static String of(Path file, IntConsumer read) throws IOException {
        MessageDigest digest = digest();
        byte[] chunk = new byte[CHUNK_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
                read.accept(n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static boolean looksRight(String hex) {
        return HEX.matcher(hex).matches();
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
