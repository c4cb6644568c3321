package dev.picket.agent.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whom an {@code mqtts://} uplink trusts, and the certificate that it shows. All of it is looked at again while the
 * agent runs, so certificates are renewed by replacing files.
 *
 * @param ca PEM certificates of the authorities that may have issued the broker's; without it those of the Java runtime
 * @param certificate PEM certificates, the gateway's own first, then those between it and its authority
 * @param key the private key of {@code certificate}: PEM, PKCS#8 (also encrypted), PKCS#1 or SEC 1
 * @param keyPasswordFile the password of an encrypted {@code key}
 * @param keyStore certificates and key in one PKCS#12 file, instead of {@code certificate} and {@code key}
 * @param keyStorePasswordFile the password of {@code key-store}
 * @param pkcs11Config the configuration of the JDK's PKCS#11 provider, for a key that stays in a token
 * @param pkcs11PinFile the token's PIN
 * @param keyAlias which entry of {@code key-store} or of the token; needed only where there are several
 * @param warnBefore how long before its end a certificate is told of
 * @param lookEvery how often files and token are looked at for something new
 */
public record TlsConfig(
        @Nullable Path ca,
        @Nullable Path certificate,
        @Nullable Path key,
        @Nullable SecretFile keyPasswordFile,
        @Nullable Path keyStore,
        @Nullable SecretFile keyStorePasswordFile,
        @Nullable Path pkcs11Config,
        @Nullable SecretFile pkcs11PinFile,
        @Nullable String keyAlias,

        @Default("30d") @Range(min = 0, max = 31_536_000_000L)
        Duration warnBefore,

        @Default("1m") @Range(min = 10, max = 86_400_000) Duration lookEvery) {
    public TlsConfig {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("set certificate and key both, or neither");
        }
        if (Stream.of(certificate, keyStore, pkcs11Config)
                        .filter(each -> each != null)
                        .count()
                > 1) {
            throw new IllegalArgumentException(
                    "there is one certificate to show: set only one of certificate, key-store and pkcs11-config");
        }
        needs("key-password-file", keyPasswordFile, "key", key);
        needs("key-store-password-file", keyStorePasswordFile, "key-store", keyStore);
        needs("pkcs11-pin-file", pkcs11PinFile, "pkcs11-config", pkcs11Config);
    }

    /** Whether the gateway shows a certificate of its own. */
    public boolean hasIdentity() {
        return certificate != null || keyStore != null || pkcs11Config != null;
    }

    private static void needs(String secretKey, @Nullable SecretFile secret, String key, @Nullable Path value) {
        if (secret != null && value == null) {
            throw new IllegalArgumentException(secretKey + " is set and " + key + " is not; set both, or neither");
        }
    }
}
