package dev.picket.agent.tls;

import dev.picket.agent.config.SecretFile;
import dev.picket.agent.config.TlsConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What lies in the files that a {@link TlsConfig} names, read once, so that what is compared is what is parsed. Never printed.
 */
final class TlsFiles {
    final byte @Nullable [] authorities;
    final byte @Nullable [] certificate;
    final byte @Nullable [] key;
    final byte @Nullable [] keyStore;
    final byte @Nullable [] pkcs11Config;
    final @Nullable String password;
    /** Of all of it: another one means that something was renewed. */
    final String digest;

    private TlsFiles(TlsConfig config, Map<String, String> environment) throws CredentialException {
        authorities = config.ca() == null ? null : FileBytes.open("uplink.tls.ca", config.ca());
        certificate = config.certificate() == null
                ? null
                : FileBytes.open(
                        "uplink.tls.certificate", at("uplink.tls.certificate", config.certificate(), environment));
        key = config.key() == null
                ? null
                : FileBytes.closed("uplink.tls.key", at("uplink.tls.key", config.key(), environment));
        keyStore = config.keyStore() == null
                ? null
                : FileBytes.closed("uplink.tls.key-store", at("uplink.tls.key-store", config.keyStore(), environment));
        pkcs11Config = config.pkcs11Config() == null
                ? null
                : FileBytes.open("uplink.tls.pkcs11-config", config.pkcs11Config());
        password = password(config, environment);
        digest = digest(
                bytes(authorities),
                bytes(certificate),
                bytes(key),
                bytes(keyStore),
                bytes(pkcs11Config),
                password == null ? bytes(null) : password.getBytes(StandardCharsets.UTF_8));
    }

    private static Path at(String key, Path path, Map<String, String> environment) throws CredentialException {
        try {
            return SecretFile.locate(path, environment);
        } catch (IllegalArgumentException e) {
            throw new CredentialException(key + ": " + e.getMessage(), e);
        }
    }

    static TlsFiles read(TlsConfig config, Map<String, String> environment) throws CredentialException {
        return new TlsFiles(config, environment);
    }

    private static @Nullable String password(TlsConfig config, Map<String, String> environment)
            throws CredentialException {
        SecretFile key = config.keyPasswordFile();
        if (key != null) {
            return FileBytes.secret("uplink.tls.key-password-file", key, environment);
        }
        SecretFile store = config.keyStorePasswordFile();
        if (store != null) {
            return FileBytes.secret("uplink.tls.key-store-password-file", store, environment);
        }
        SecretFile pin = config.pkcs11PinFile();
        return pin == null ? null : FileBytes.secret("uplink.tls.pkcs11-pin-file", pin, environment);
    }

    private static byte[] bytes(byte @Nullable [] part) {
        return part == null ? new byte[0] : part;
    }

    private static String digest(byte[]... parts) {
        try {
            MessageDigest all = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                all.update(
                        part == null
                                ? new byte[0]
                                : MessageDigest.getInstance("SHA-256").digest(part));
                all.update((byte) 0);
            }
            return HexFormat.of().formatHex(all.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
