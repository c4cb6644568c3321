package dev.picket.ota.repository;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.CanonicalJson;
import dev.picket.ota.json.StrictJson;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.HexFormat;

/**
 * One Ed25519 key that signs metadata or commands.
 *
 * @param publicHex its public half, 64 hex digits
 */
public record SigningKey(PrivateKey privateKey, String publicHex) {
    private static final int RAW_PUBLIC_BYTES = 32;

    static SigningKey generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            // The raw key is the end of its X.509 form (RFC 8410).
            String hex = HexFormat.of().formatHex(encoded, encoded.length - RAW_PUBLIC_BYTES, encoded.length);
            return new SigningKey(pair.getPrivate(), hex);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JVM has no Ed25519.", e);
        }
    }

    /** The key as metadata list it. */
    ObjectNode toJson() {
        ObjectNode json = StrictJson.object().put("keytype", "ed25519").put("scheme", "ed25519");
        json.putObject("keyval").put("public", publicHex);
        return json;
    }

    /** SHA-256 of the key's canonical JSON, as the reference implementation has it. */
    String id() {
        try {
            return Hashes.sha256(CanonicalJson.encode(toJson()));
        } catch (RejectedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The key's signature as metadata have it. */
    String sign(byte[] message) {
        return HexFormat.of().formatHex(signature(message));
    }

    /** The 64 bytes of RFC 8032. */
    public byte[] signature(byte[] message) {
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(privateKey);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("An Ed25519 key did not sign.", e);
        }
    }

    /** Only its public half. */
    @Override
    public String toString() {
        return "SigningKey[" + publicHex + "]";
    }
}
