package dev.picket.ota.repository;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.tuf.Key;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Signing keys on a publisher's disk, a {@link KeyFile} each, all under one passphrase:
 *
 * <pre>
 *   {role}-{n}.json
 * </pre>
 *
 * A file may be moved to another folder (an offline disk for root) and is opened only when that very key signs. A file
 * that is there is never written over: it may be the only copy of a key.
 */
public final class KeyFolder implements SigningKeys {
    /** OWASP's figure for PBKDF2 with HMAC-SHA256, 2023. */
    public static final int ITERATIONS = 600_000;

    private final Path folder;
    private final Secret secret;
    private final int iterations;
    private char @Nullable [] passphrase;

    /**
     * Names a folder of keys; nothing is touched.
     *
     * @param passphrase of all keys in it
     * @param iterations of the derivation, for keys that are made
     */
    public KeyFolder(Path folder, char[] passphrase, int iterations) {
        this(folder, passphrase::clone, iterations);
    }

    /** The same with a passphrase that is read when it is needed, once. */
    public KeyFolder(Path folder, Secret secret, int iterations) {
        this.folder = folder;
        this.secret = secret;
        this.iterations = iterations;
    }

    /** Makes one more key of a role. */
    SigningKey create(String role, Disk disk) throws RejectedException, IOException {
        int n = 1;
        while (Files.exists(file(role, n))) {
            n++;
        }
        return make(role, n, disk);
    }

    /**
     * Makes a role's first keys.
     *
     * @throws RejectedException when there are keys of the role: of another repository, or of an init that was cut off
     */
    List<SigningKey> createFirst(String role, int count, Disk disk) throws RejectedException, IOException {
        List<SigningKey> keys = new ArrayList<>();
        for (int n = 1; n <= count; n++) {
            if (Files.exists(file(role, n))) {
                throw new RejectedException(
                        Reason.MALFORMED,
                        file(role, n) + " is there already: name another folder for the keys, or move it away.");
            }
            keys.add(make(role, n, disk));
        }
        return keys;
    }

    /**
     * Makes a key for a role of another's repository, and its public half beside it.
     *
     * @return its id
     * @throws RejectedException when the file is there
     */
    public String createAt(Path file) throws RejectedException, IOException {
        if (Files.exists(file)) {
            throw new RejectedException(Reason.MALFORMED, file + " is there already: name another file.");
        }
        Key key = KeyFile.create(file, "any", passphrase(), iterations).key().publicKey();
        String name = file.getFileName().toString().replaceFirst("[.]json$", "");
        Disk.REAL.write(file.resolveSibling(name + PublicKeys.ENDING), StrictJson.pretty(PublicKeys.toJson(key)));
        return PublicKeys.id(key);
    }

    @Override
    public List<SigningKey> find(Set<String> keyIds) throws RejectedException, IOException {
        List<SigningKey> keys = new ArrayList<>();
        for (Path file : files()) {
            Optional<Key> key = KeyFile.publicKey(file);
            if (key.isPresent() && keyIds.contains(PublicKeys.id(key.get()))) {
                keys.add(KeyFile.open(file, passphrase()).key());
            }
        }
        return keys;
    }

    /** The public halves of its keys by id; needs no passphrase. */
    public Map<String, Key> publicKeys() throws RejectedException, IOException {
        Map<String, Key> keys = new TreeMap<>();
        for (Path file : files()) {
            KeyFile.publicKey(file).ifPresent(key -> keys.put(PublicKeys.id(key), key));
        }
        return keys;
    }

    private SigningKey make(String role, int n, Disk disk) throws RejectedException, IOException {
        return KeyFile.create(file(role, n), role, passphrase(), iterations, disk)
                .key();
    }

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*.json")) {
                for (Path each : entries) {
                    if (!each.getFileName().toString().endsWith(PublicKeys.ENDING)) {
                        files.add(each);
                    }
                }
            }
        }
        files.sort(null);
        return files;
    }

    private Path file(String role, int n) {
        return folder.resolve(role + "-" + n + ".json");
    }

    private char[] passphrase() throws RejectedException, IOException {
        if (passphrase == null) {
            passphrase = secret.read();
        }
        return passphrase;
    }
}
