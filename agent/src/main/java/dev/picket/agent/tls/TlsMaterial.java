package dev.picket.agent.tls;

import dev.picket.agent.config.TlsConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A whole that TLS can work with: whom to trust and, where set, who we are. Made of {@link TlsFiles} in one go, or not at all.
 *
 * @param files where it came from
 * @param identity null: none is shown
 * @param authorities empty: those of the Java runtime
 */
record TlsMaterial(TlsFiles files, @Nullable Identity identity, List<X509Certificate> authorities) {
    private static final int MAX_TOLD = 20;

    static TlsMaterial of(TlsConfig config, TlsFiles files) throws CredentialException {
        Identity identity = identity(config, files);
        return new TlsMaterial(
                files, identity == null ? null : identity.requireWhole(), authorities(config.ca(), files.authorities));
    }

    /** Whether it says the same; tokens are asked as well, since their content stands in no file. */
    boolean sameAs(TlsMaterial other) {
        return files.digest.equals(other.files.digest) && chain().equals(other.chain());
    }

    private List<X509Certificate> chain() {
        return identity == null ? List.of() : identity.chain();
    }

    /** The first to end before the others. */
    List<CertificateEnd> ends() {
        List<CertificateEnd> ends = new ArrayList<>();
        if (identity != null) {
            identity.chain().forEach(each -> ends.add(CertificateEnd.of("client", each, identity.where())));
        }
        authorities.forEach(each -> ends.add(CertificateEnd.of("authority", each, "uplink.tls.ca")));
        return ends.stream()
                .sorted(Comparator.comparing(CertificateEnd::notAfter))
                .limit(MAX_TOLD)
                .toList();
    }

    /** A certificate of ours that is over convinces nobody. */
    void requireCurrent(Instant now) throws CredentialException {
        if (identity != null && now.isAfter(identity.own().getNotAfter().toInstant())) {
            throw new CredentialException(CertificateEnd.of("client", identity.own(), identity.where())
                    .sentence(now));
        }
    }

    SSLSocketFactory sockets() throws CredentialException {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities.isEmpty() ? null : trusted());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    identity == null ? null : new KeyManager[] {new OneKey(identity)}, trust.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException | IOException e) {
            throw new CredentialException("TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private KeyStore trusted() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("authority-" + i, authorities.get(i));
        }
        return store;
    }

    private static List<X509Certificate> authorities(@Nullable Path file, byte @Nullable [] pem)
            throws CredentialException {
        if (file == null || pem == null) {
            return List.of();
        }
        return certificates("uplink.tls.ca", file, pem);
    }

    private static @Nullable Identity identity(TlsConfig config, TlsFiles files) throws CredentialException {
        if (config.certificate() != null && config.key() != null && files.certificate != null && files.key != null) {
            return ofPem(config.certificate(), files.certificate, config.key(), files.key, files.password);
        }
        if (config.keyStore() != null && files.keyStore != null) {
            return KeyEntry.ofFile(files.keyStore, files.password, config.keyAlias(), config.keyStore());
        }
        return config.pkcs11Config() == null
                ? null
                : KeyEntry.ofToken(config.pkcs11Config(), files.password, config.keyAlias());
    }

    private static Identity ofPem(
            Path certificate, byte[] certificatePem, Path key, byte[] keyPem, @Nullable String password)
            throws CredentialException {
        List<X509Certificate> chain = certificates("uplink.tls.certificate", certificate, certificatePem);
        try {
            return new Identity(
                    Pem.privateKey(keyPem, password),
                    chain,
                    "uplink.tls.certificate and key: " + certificate + ", " + key);
        } catch (GeneralSecurityException e) {
            throw new CredentialException("uplink.tls.key: %s cannot be used: %s".formatted(key, e.getMessage()), e);
        }
    }

    private static List<X509Certificate> certificates(String key, Path file, byte[] pem) throws CredentialException {
        List<X509Certificate> found;
        try {
            found = Pem.certificates(pem);
        } catch (CertificateException e) {
            throw new CredentialException(
                    "%s: %s is damaged or no PEM certificate (%s); put a whole one there"
                            .formatted(key, file, e.getMessage()),
                    e);
        }
        if (found.isEmpty()) {
            throw new CredentialException("%s: %s holds no PEM certificate; put one there".formatted(key, file));
        }
        return found;
    }
}
