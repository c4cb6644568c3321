package dev.picket.agent.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Who the gateway is to the broker.
 *
 * @param key may be one that never leaves its token
 * @param chain the gateway's own certificate first
 * @param where the configuration key that names it
 */
record Identity(PrivateKey key, List<X509Certificate> chain, String where) {
    private static final byte[] PROBE = "picket".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    Identity {
        chain = List.copyOf(chain);
    }

    X509Certificate own() {
        return chain.getFirst();
    }

    /**
     * Refuses a key that is not the certificate's, such as while one of the two is renewed and the other not yet, and a chain
     * in the wrong order.
     */
    Identity requireWhole() throws CredentialException {
        try {
            if (!matches()) {
                throw new CredentialException(
                        "%s: the key does not belong to the first certificate (%s); put both of one pair there"
                                .formatted(
                                        where, own().getSubjectX500Principal().getName()));
            }
        } catch (GeneralSecurityException e) {
            throw new CredentialException("%s: the key cannot sign: %s".formatted(where, e.getMessage()), e);
        }
        for (int i = 1; i < chain.size(); i++) {
            if (!chain.get(i - 1).getIssuerX500Principal().equals(chain.get(i).getSubjectX500Principal())) {
                throw new CredentialException(
                        "%s: certificate %d did not issue the one before it; order them from the gateway's own upwards"
                                .formatted(where, i + 1));
            }
        }
        return this;
    }

    private boolean matches() throws GeneralSecurityException {
        String algorithm = switch (own().getPublicKey().getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> own().getPublicKey().getAlgorithm();
        };
        if (!key.getAlgorithm().equals(own().getPublicKey().getAlgorithm())) {
            return false;
        }
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(PROBE);
        byte[] signature = signer.sign();
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(own().getPublicKey());
        verifier.update(PROBE);
        return verifier.verify(signature);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return own().getSubjectX500Principal().getName();
    }
}
