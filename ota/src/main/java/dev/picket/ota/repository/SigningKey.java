package dev.picket.ota.repository;

import dev.picket.ota.tuf.Key;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Signature;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * One key that signs metadata or commands.
 *
 * @param privateKey the key, or a handle of it where it stays in a token
 * @param publicKey its public half: Ed25519 from a file, ECDSA P-256 from a token
 * @param provider what signs with it; null for the JDK's own
 */
public record SigningKey(
        PrivateKey privateKey, Key publicKey, @Nullable Provider provider) {
    private static final int RAW_PUBLIC_BYTES = 32;

    static SigningKey generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            // The raw key is the end of its X.509 form (RFC 8410).
            String hex = HexFormat.of().formatHex(encoded, encoded.length - RAW_PUBLIC_BYTES, encoded.length);
            return ed25519(pair.getPrivate(), hex);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM has no Ed25519.", e);
        }
    }

    static SigningKey ed25519(PrivateKey privateKey, String publicHex) {
        return new SigningKey(privateKey, new Key("ed25519", "ed25519", publicHex), null);
    }

    /** An Ed25519 key's public half, 64 hex digits. */
    public String publicHex() {
        return publicKey.publicValue();
    }

    String id() {
        return PublicKeys.id(publicKey);
    }

    /** The key's signature as metadata have it. */
    String sign(byte[] message) {
        return HexFormat.of().formatHex(signature(message));
    }

    /** The 64 bytes of RFC 8032; of a P-256 key, ECDSA with SHA-256 in DER. */
    public byte[] signature(byte[] message) {
        String algorithm = publicKey.scheme().equals("ed25519") ? "Ed25519" : "SHA256withECDSA";
        try {
            Signature signer =
                    provider == null ? Signature.getInstance(algorithm) : Signature.getInstance(algorithm, provider);
            signer.initSign(privateKey);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException | ProviderException e) {
            throw new IllegalStateException("The key " + id() + " did not sign.", e);
        }
    }

    /** Only its public half. */
    @Override
    public String toString() {
        return "SigningKey[" + publicKey.publicValue() + "]";
    }
}
