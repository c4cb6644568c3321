package dev.picket.agent.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one entry with a private key of a PKCS#12 file or of a PKCS#11 token. */
final class KeyEntry {
    private KeyEntry() {}

    /**
     * @param alias which entry; null: there must be one only
     */
    static Identity ofFile(byte[] pkcs12, @Nullable String password, @Nullable String alias, Path file)
            throws CredentialException {
        String where = "uplink.tls.key-store: " + file;
        char[] secret = password == null ? new char[0] : password.toCharArray();
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(pkcs12), secret);
            return entry(store, secret, alias, where);
        } catch (IOException | GeneralSecurityException e) {
            throw new CredentialException(
                    "%s cannot be opened (%s); is it PKCS#12, and the password in uplink.tls.key-store-password-file right?"
                            .formatted(where, e.getMessage()),
                    e);
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    /**
     * The key stays in the token; what signs with it is looked up among the runtime's providers, so the token's must be one
     * of them. It is registered once a process: a changed {@code config} counts from the next start on.
     */
    static Identity ofToken(Path config, @Nullable String pin, @Nullable String alias) throws CredentialException {
        String where = "uplink.tls.pkcs11-config: " + config;
        char[] secret = pin == null ? null : pin.toCharArray();
        try {
            KeyStore store = KeyStore.getInstance("PKCS11", provider(config));
            store.load(null, secret);
            return entry(store, null, alias, where);
        } catch (IOException | GeneralSecurityException | ProviderException e) {
            throw new CredentialException(
                    "%s: the token cannot be used (%s); is it there, and the PIN in uplink.tls.pkcs11-pin-file right?"
                            .formatted(where, deepest(e)),
                    e);
        } finally {
            if (secret != null) {
                Arrays.fill(secret, '\0');
            }
        }
    }

    private static Provider provider(Path config) throws CredentialException {
        Provider template = Security.getProvider("SunPKCS11");
        if (template == null) {
            throw new CredentialException(
                    "uplink.tls.pkcs11-config: this Java runtime has no PKCS#11 provider; use one with jdk.crypto.cryptoki");
        }
        try {
            Provider configured = template.configure(config.toString());
            Provider there = Security.getProvider(configured.getName());
            if (there != null) {
                return there;
            }
            Security.addProvider(configured);
            return configured;
        } catch (ProviderException | IllegalArgumentException e) {
            throw new CredentialException(
                    "uplink.tls.pkcs11-config: %s cannot be used (%s); see the JDK's PKCS#11 guide for its form"
                            .formatted(config, deepest(e)),
                    e);
        }
    }

    private static Identity entry(KeyStore store, char @Nullable [] secret, @Nullable String alias, String where)
            throws GeneralSecurityException, CredentialException {
        List<String> keys = new ArrayList<>();
        for (String each : Collections.list(store.aliases())) {
            if (store.isKeyEntry(each)) {
                keys.add(each);
            }
        }
        boolean one = alias == null ? keys.size() == 1 : keys.contains(alias);
        if (!one) {
            throw new CredentialException(
                    "%s has the keys %s; set uplink.tls.key-alias to one that is there".formatted(where, keys));
        }
        String chosen = alias == null ? keys.getFirst() : alias;
        if (!(store.getKey(chosen, secret) instanceof PrivateKey key) || store.getCertificateChain(chosen) == null) {
            throw new CredentialException(
                    "%s: the entry '%s' is no private key with its certificate".formatted(where, chosen));
        }
        List<X509Certificate> chain = Arrays.stream(store.getCertificateChain(chosen))
                .map(X509Certificate.class::cast)
                .toList();
        return new Identity(key, chain, where);
    }

    private static String deepest(Throwable thrown) {
        Throwable deepest = thrown;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage());
    }
}
