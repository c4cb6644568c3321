package dev.picket.agent.tls;

import dev.picket.agent.config.SecretFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Set;

/**
 * Reads what a configuration key names, within bounds. A file with a secret in it must belong to root or to this process's
 * user, and nobody outside its group may read it, nor its group change it: 0600, 0400, 0640 and 0440 are taken.
 */
final class FileBytes {
    private static final int MAX_FILE_BYTES = 1 << 20;
    private static final int MAX_SECRET_BYTES = 4_096;
    private static final int ROOT = 0;
    private static final Set<PosixFilePermission> TOO_OPEN = Set.of(
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private FileBytes() {}

    /** What everyone may read. */
    static byte[] open(String key, Path file) throws CredentialException {
        return read(key, file, MAX_FILE_BYTES);
    }

    /** What is for this process alone, such as a private key. */
    static byte[] closed(String key, Path file) throws CredentialException {
        requireClosed(key, file);
        return read(key, file, MAX_FILE_BYTES);
    }

    /** A password: one line, whose end is cut. */
    static String secret(String key, SecretFile secret, Map<String, String> environment) throws CredentialException {
        Path file;
        try {
            file = secret.locate(environment);
        } catch (IllegalArgumentException e) {
            throw new CredentialException(key + ": " + e.getMessage(), e);
        }
        requireClosed(key, file);
        String text = new String(read(key, file, MAX_SECRET_BYTES), StandardCharsets.UTF_8);
        String line = text.endsWith("\r\n")
                ? text.substring(0, text.length() - 2)
                : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        if (line.isEmpty() || line.contains("\n")) {
            throw new CredentialException(
                    "%s: %s must hold one line, the secret, and nothing else".formatted(key, file));
        }
        return line;
    }

    private static byte[] read(String key, Path file, int maxBytes) throws CredentialException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw new CredentialException(
                        "%s: %s is over %d bytes; name the right file".formatted(key, file, maxBytes));
            }
            return bytes;
        } catch (IOException e) {
            throw unreadable(key, file, e);
        }
    }

    private static void requireClosed(String key, Path file) throws CredentialException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return;
        }
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.stream().anyMatch(TOO_OPEN::contains)) {
                throw new CredentialException("%s: %s is open to other users; run chmod 0600 %s (or 0640 for its group)"
                        .formatted(key, file, file));
            }
            Object owner = Files.getAttribute(file, "unix:uid");
            if (!owner.equals(ROOT) && !owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
                throw new CredentialException(
                        "%s: %s belongs to user %s, who could change it; give it to root or to the agent's user"
                                .formatted(key, file, owner));
            }
        } catch (IOException e) {
            throw unreadable(key, file, e);
        }
    }

    private static CredentialException unreadable(String key, Path file, IOException e) {
        String reason = switch (e) {
            case NoSuchFileException _ -> "is not there";
            case AccessDeniedException _ -> "may not be read by this user";
            default -> "cannot be read (" + e.getMessage() + ")";
        };
        return new CredentialException(
                "%s: %s %s; set it to a file that this user can read".formatted(key, file, reason), e);
    }
}
