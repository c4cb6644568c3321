package dev.picket.ota.tuf;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A public key of the metadata. One of a kind unknown here is kept, and verifies nothing.
 *
 * @param type {@code ed25519}, {@code ecdsa} or {@code rsa}
 * @param scheme how it signs, {@link KeyScheme}
 * @param publicValue PEM, or hex: 32 bytes for Ed25519, the uncompressed point for ECDSA
 */
public record Key(String type, String scheme, String publicValue) {
    /** Whether the signature is this key's over the message; false as well for what cannot be read. */
    public boolean verifies(byte[] message, byte[] signature) {
        Optional<KeyScheme> known = KeyScheme.of(type, scheme);
        try {
            return known.isPresent() && known.get().verifies(publicKey(known.get()), message, signature);
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            // A key or signature of a form that cannot be read counts for nothing, as the specification asks.
            return false;
        }
    }

    /** The same for the same key, in whatever form and case it is written. */
    String identity() {
        try {
            return HexFormat.of()
                    .formatHex(encoded(
                            KeyScheme.of(type, scheme).map(KeyScheme::hexPrefix).orElse("")));
        } catch (IllegalArgumentException _) {
            return publicValue;
        }
    }

    private PublicKey publicKey(KeyScheme known) throws GeneralSecurityException {
        return KeyFactory.getInstance(known.algorithm())
                .generatePublic(new X509EncodedKeySpec(encoded(known.hexPrefix())));
    }

    private byte[] encoded(String hexPrefix) {
        if (publicValue.contains("-----BEGIN")) {
            return Base64.getMimeDecoder().decode(publicValue.replaceAll("-----[A-Z ]+-----", ""));
        }
        return HexFormat.of().parseHex(hexPrefix + publicValue);
    }
}
