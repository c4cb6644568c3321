package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.tuf.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One Ed25519 signing key in a file, 0600, encrypted with a passphrase:
 *
 * <pre>
 *   {"format":1,"role","public","cipher":"PBKDF2-HMAC-SHA256/AES-256-GCM",
 *    "iterations","salt","nonce","key"}     binary values in hex
 * </pre>
 *
 * @param role what the key signs as: a role of the metadata, or the identifier of a command key
 * @param key opened
 */
public record KeyFile(String role, SigningKey key) {
    private static final int MAX_ITERATIONS = 10_000_000;
    private static final int SALT_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int KEY_BITS = 256;
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * Makes a key and its file, over what was there.
     *
     * @param iterations of the passphrase's derivation; {@link KeyFolder#ITERATIONS} but in tests
     */
    public static KeyFile create(Path file, String role, char[] passphrase, int iterations) throws IOException {
        return create(file, role, passphrase, iterations, Disk.REAL);
    }

    static KeyFile create(Path file, String role, char[] passphrase, int iterations, Disk disk) throws IOException {
        SigningKey key = SigningKey.generate();
        byte[] bytes = StrictJson.pretty(encrypt(role, key, passphrase, iterations));
        disk.write(file, AtomicFiles.Access.OWNER, out -> out.write(bytes));
        return new KeyFile(role, key);
    }

    /** The public half of the key in a file, which needs no passphrase; empty when it is JSON of another kind. */
    static Optional<Key> publicKey(Path file) throws RejectedException, IOException {
        Fields fields = StrictJson.parse(file.toString(), Files.readAllBytes(file));
        return fields.has("cipher")
                ? Optional.of(new Key("ed25519", "ed25519", fields.text("public")))
                : Optional.empty();
    }

    /**
     * Opens one.
     *
     * @throws RejectedException when it is no such file, or the passphrase is wrong
     */
    public static KeyFile open(Path file, char[] passphrase) throws RejectedException, IOException {
        Fields fields = StrictJson.parse(file.toString(), Files.readAllBytes(file));
        return new KeyFile(fields.text("role"), decrypt(fields, passphrase));
    }

    private static ObjectNode encrypt(String role, SigningKey key, char[] passphrase, int iterations) {
        byte[] salt = random(SALT_BYTES);
        byte[] nonce = random(NONCE_BYTES);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, passphrase, salt, nonce, iterations, key.publicHex());
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

    private static SigningKey decrypt(Fields file, char[] passphrase) throws RejectedException {
        String publicHex = file.text("public");
        try {
            byte[] salt = HexFormat.of().parseHex(file.text("salt"));
            byte[] nonce = HexFormat.of().parseHex(file.text("nonce"));
            int rounds = (int) file.number("iterations", 1, MAX_ITERATIONS);
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, passphrase, salt, nonce, rounds, publicHex);
            byte[] encoded = cipher.doFinal(HexFormat.of().parseHex(file.text("key")));
            PrivateKey key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
            return SigningKey.ed25519(key, publicHex);
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            throw new RejectedException(
                    Reason.WRONG_KEY, "The passphrase does not open " + file.where() + ", or the file was changed.");
        }
    }

    private static Cipher cipher(int mode, char[] passphrase, byte[] salt, byte[] nonce, int rounds, String publicHex)
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
