package dev.picket.ota.tuf;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A public key of the metadata. One of a kind unknown here is kept, and verifies nothing.
 *
 * @param type {@code ed25519}, {@code ecdsa} or {@code rsa}
 * @param scheme {@code ed25519}, {@code ecdsa-sha2-nistp256} or {@code rsassa-pss-sha256}
 * @param publicValue 64 hex digits for Ed25519 (PEM is read too), PEM for the others
 */
public record Key(String type, String scheme, String publicValue) {
    /** What stands before an Ed25519 key's 32 bytes in an X.509 SubjectPublicKeyInfo (RFC 8410). */
    private static final String ED25519_PREFIX = "302a300506032b6570032100";

    private static final int PSS_SALT_BYTES = 32;

    /** Whether the signature is this key's over the message; false as well for what cannot be read. */
    boolean verifies(byte[] message, byte[] signature) {
        try {
            Signature verifier = verifier();
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            // A key or signature of a form that cannot be read counts for nothing, as the specification asks.
            return false;
        }
    }

    /** The same for the same key, in whatever form and case it is written. */
    String identity() {
        try {
            return HexFormat.of().formatHex(encoded());
        } catch (IllegalArgumentException _) {
            return publicValue;
        }
    }

    private Signature verifier() throws GeneralSecurityException {
        Signature verifier;
        switch (scheme) {
            case "ed25519" -> {
                verifier = Signature.getInstance("Ed25519");
                verifier.initVerify(publicKey("Ed25519"));
            }
            case "ecdsa-sha2-nistp256" -> {
                verifier = Signature.getInstance("SHA256withECDSA");
                verifier.initVerify(publicKey("EC"));
            }
            case "rsassa-pss-sha256" -> {
                verifier = Signature.getInstance("RSASSA-PSS");
                verifier.setParameter(
                        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSS_SALT_BYTES, 1));
                verifier.initVerify(publicKey("RSA"));
            }
            default -> throw new GeneralSecurityException("Unknown scheme " + scheme);
        }
        return verifier;
    }

    private PublicKey publicKey(String algorithm) throws GeneralSecurityException {
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded()));
    }

    private byte[] encoded() {
        if (publicValue.contains("-----BEGIN")) {
            return Base64.getMimeDecoder().decode(publicValue.replaceAll("-----[A-Z ]+-----", ""));
        }
        return HexFormat.of().parseHex(ED25519_PREFIX + publicValue);
    }
}
