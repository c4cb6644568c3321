package dev.picket.ota.repository;

import dev.picket.ota.AtomicFiles;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The signing keys of the metadata's roles on the publisher's disk, a {@link KeyFile} each:
 *
 * <pre>
 *   {role}-{n}.json
 * </pre>
 *
 * A role's keys may be moved elsewhere (an offline disk for root) and are needed only when that role signs.
 */
public final class KeyFolder {
    /** OWASP's figure for PBKDF2 with HMAC-SHA256, 2023. */
    public static final int ITERATIONS = 600_000;

    private final Path folder;
    private final char[] passphrase;
    private final int iterations;

    /**
     * Names a folder of keys; nothing is touched.
     *
     * @param passphrase of all keys in it
     * @param iterations of the derivation, for keys that are made
     */
    public KeyFolder(Path folder, char[] passphrase, int iterations) {
        this.folder = folder;
        this.passphrase = passphrase.clone();
        this.iterations = iterations;
    }

    /** Makes a role's keys. */
    List<SigningKey> create(String role, int count) throws IOException {
        AtomicFiles.createFolders(folder);
        List<SigningKey> keys = new ArrayList<>();
        for (int n = 1; n <= count; n++) {
            Path file = folder.resolve(role + "-" + n + ".json");
            keys.add(KeyFile.create(file, role, passphrase, iterations).key());
        }
        return keys;
    }

    /**
     * Reads a role's keys.
     *
     * @throws RejectedException when there is none, or the passphrase is wrong
     */
    List<SigningKey> load(String role) throws RejectedException, IOException {
        List<SigningKey> keys = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, role + "-*.json")) {
                for (Path file : files) {
                    keys.add(KeyFile.open(file, passphrase).key());
                }
            }
        }
        if (keys.isEmpty()) {
            throw new RejectedException(Reason.MISSING, "There is no key of the role " + role + " in " + folder + ".");
        }
        return keys;
    }
}
