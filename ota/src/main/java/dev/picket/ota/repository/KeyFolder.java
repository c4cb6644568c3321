package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signing keys on the publisher's disk, one file each, 0600, encrypted with a passphrase:
 *
 * <pre>
 *   {role}-{n}.json   {"format":1,"role","public","cipher":"PBKDF2-HMAC-SHA256/AES-256-GCM",
 *                      "iterations","salt","nonce","key"}     binary values in hex
 * </pre>
 *
 * A role's keys may be moved elsewhere (an offline disk for root) and are needed only when that role signs.
 */
public final class KeyFolder {
    /** OWASP's figure for PBKDF2 with HMAC-SHA256, 2023. */
    public static final int ITERATIONS = 600_000;

    private static final int MAX_ITERATIONS = 10_000_000;
    private static final int SALT_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int KEY_BITS = 256;
    private static final SecureRandom RANDOM = new SecureRandom();

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
            SigningKey key = SigningKey.generate();
            ObjectNode json = encrypt(role, key);
            AtomicFiles.write(
                    folder.resolve(role + "-" + n + ".json"), AtomicFiles.Access.OWNER, StrictJson.pretty(json));
            keys.add(key);
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
                    keys.add(decrypt(StrictJson.parse(file.toString(), Files.readAllBytes(file))));
                }
            }
        }
        if (keys.isEmpty()) {
            throw new RejectedException(Reason.MISSING, "There is no key of the role " + role + " in " + folder + ".");
        }
        return keys;
    }

    private ObjectNode encrypt(String role, SigningKey key) {
        byte[] salt = random(SALT_BYTES);
        byte[] nonce = random(NONCE_BYTES);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, salt, nonce, iterations, key.publicHex());
            byte[] encrypted = cipher.doFinal(key.privateKey().getEncoded());
            return StrictJson.object()
                    .put("format", 1)
                    .put("role", role)
                    .put("public", key.publicHex())
                    .put("cipher", "PBKDF2-HMAC-SHA256/AES-256-GCM")
                    .put("iterations", iterations)
                    .put("salt", HexFormat.of().formatHex(salt))
                    .put("nonce", HexFormat.of().formatHex(nonce))
                    .put("key", HexFormat.of().formatHex(encrypted));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("A key could not be encrypted.", e);
        }
    }

    private SigningKey decrypt(Fields file) throws RejectedException {
        String publicHex = file.text("public");
        try {
            byte[] salt = HexFormat.of().parseHex(file.text("salt"));
            byte[] nonce = HexFormat.of().parseHex(file.text("nonce"));
            int rounds = (int) file.number("iterations", 1, MAX_ITERATIONS);
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, salt, nonce, rounds, publicHex);
            byte[] encoded = cipher.doFinal(HexFormat.of().parseHex(file.text("key")));
            PrivateKey key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
            return new SigningKey(key, publicHex);
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            throw new RejectedException(
                    Reason.WRONG_KEY, "The passphrase does not open " + file.where() + ", or the file was changed.");
        }
    }

    private Cipher cipher(int mode, byte[] salt, byte[] nonce, int rounds, String publicHex)
            throws GeneralSecurityException {
        PBEKeySpec spec = new PBEKeySpec(passphrase, salt, rounds, KEY_BITS);
        byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(spec)
                .getEncoded();
        spec.clearPassword();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(HexFormat.of().parseHex(publicHex));
        return cipher;
    }

    private static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return random;
    }
}
