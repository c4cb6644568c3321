package dev.picket.ota.repository;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.tuf.Key;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keys in a PKCS#11 token, which they never leave. ECDSA P-256 only: the JDK's provider knows no Ed25519. A key counts
 * when it has a certificate beside it, as {@code keytool -genkeypair -storetype PKCS11} makes it; of the certificate only
 * its public key is used.
 */
public final class TokenKeys implements SigningKeys {
    private final Path config;
    private final Secret pin;
    private @Nullable KeyStore store;

    /**
     * Names a token; it is not opened before a key is needed.
     *
     * @param config as the JDK's PKCS#11 guide has it: {@code name}, {@code library}, {@code slotListIndex}
     */
    public TokenKeys(Path config, Secret pin) {
        this.config = config;
        this.pin = pin;
    }

    @Override
    public List<SigningKey> find(Set<String> keyIds) throws RejectedException, IOException {
        KeyStore open = open();
        List<SigningKey> found = new ArrayList<>();
        try {
            for (String alias : Collections.list(open.aliases())) {
                if (publicHalf(open, alias) instanceof ECPublicKey half && PublicKeys.isP256(half)) {
                    Key key = PublicKeys.ofP256(half);
                    if (keyIds.contains(PublicKeys.id(key)) && open.getKey(alias, null) instanceof PrivateKey secret) {
                        found.add(new SigningKey(secret, key, open.getProvider()));
                    }
                }
            }
        } catch (GeneralSecurityException | ProviderException e) {
            throw unusable(e);
        }
        return found;
    }

    /**
     * The public half of one of its keys.
     *
     * @throws RejectedException when there is no such key, or it is of a kind that cannot sign here
     */
    public Key publicKey(String alias) throws RejectedException, IOException {
        KeyStore open = open();
        try {
            if (publicHalf(open, alias) instanceof ECPublicKey half && PublicKeys.isP256(half)) {
                return PublicKeys.ofP256(half);
            }
            throw new RejectedException(
                    Reason.MISSING,
                    "The token of " + config + " has no P-256 key with a certificate under the alias '" + alias
                            + "'; it has " + Collections.list(open.aliases()) + ".");
        } catch (GeneralSecurityException | ProviderException e) {
            throw unusable(e);
        }
    }

    private static @Nullable Object publicHalf(KeyStore store, String alias) throws GeneralSecurityException {
        Certificate certificate = store.isKeyEntry(alias) ? store.getCertificate(alias) : null;
        return certificate == null ? null : certificate.getPublicKey();
    }

    private KeyStore open() throws RejectedException, IOException {
        KeyStore open = store;
        if (open == null) {
            char[] secret = pin.read();
            try {
                open = KeyStore.getInstance("PKCS11", provider());
                open.load(null, secret);
                store = open;
            } catch (IOException | GeneralSecurityException | ProviderException | IllegalArgumentException e) {
                throw unusable(e);
            } finally {
                Arrays.fill(secret, '\0');
            }
        }
        return open;
    }

    private Provider provider() throws RejectedException {
        Provider template = Security.getProvider("SunPKCS11");
        if (template == null) {
            throw new RejectedException(
                    Reason.MISSING,
                    "This Java runtime has no PKCS#11 provider: use one with the module jdk.crypto.cryptoki.");
        }
        return template.configure(config.toString());
    }

    private RejectedException unusable(Exception e) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return new RejectedException(
                Reason.WRONG_KEY,
                "The token of " + config + " cannot be used (" + deepest.getMessage()
                        + "): see that it is there and the PIN is right.");
    }
}
