package dev.picket.ota.tuf;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The ways to sign that are known here: those of specification 4.2, their P-384 sibling, and PKCS #1 v1.5, which
 * repositories made with securesystemslib may use.
 */
enum KeyScheme {
    ED25519("ed25519", "Ed25519", "ed25519", "302a300506032b6570032100"),
    ECDSA_P256("ecdsa-sha2-nistp256", "EC", "ecdsa", "3059301306072a8648ce3d020106082a8648ce3d030107034200"),
    ECDSA_P384("ecdsa-sha2-nistp384", "EC", "ecdsa", "3076301006072a8648ce3d020106052b81040022036200"),
    RSA_PSS("rsassa-pss-sha256", "RSA", "rsa", ""),
    RSA_PKCS1("rsa-pkcs1v15-sha256", "RSA", "rsa", "");

    private static final int LEAST_RSA_BITS = 2048;
    private static final int SHA256_BYTES = 32;

    private final String wireName;
    private final String algorithm;
    private final String keyType;
    private final String hexPrefix;

    KeyScheme(String wireName, String algorithm, String keyType, String hexPrefix) {
        this.wireName = wireName;
        this.algorithm = algorithm;
        this.keyType = keyType;
        this.hexPrefix = hexPrefix;
    }

    /** The scheme of that name, where keys of that type sign by it: some repositories name the type like the scheme. */
    static Optional<KeyScheme> of(String type, String scheme) {
        return Arrays.stream(values())
                .filter(each -> each.wireName.equals(scheme) && (type.equals(each.keyType) || type.equals(scheme)))
                .findFirst();
    }

    /** The JDK's name for the keys. */
    String algorithm() {
        return algorithm;
    }

    /** What stands before a raw key in its X.509 SubjectPublicKeyInfo, in hex; empty where keys are never raw. */
    String hexPrefix() {
        return hexPrefix;
    }

    /** Whether the signature is the key's over the message. */
    boolean verifies(PublicKey key, byte[] message, byte[] signature) throws GeneralSecurityException {
        return switch (this) {
            case ED25519 -> verifies(Signature.getInstance("Ed25519"), key, message, signature);
            case ECDSA_P256 -> verifies(Signature.getInstance("SHA256withECDSA"), curve(key, 256), message, signature);
            case ECDSA_P384 -> verifies(Signature.getInstance("SHA384withECDSA"), curve(key, 384), message, signature);
            case RSA_PKCS1 -> verifies(Signature.getInstance("SHA256withRSA"), strong(key), message, signature);
            case RSA_PSS -> verifiesPss(strong(key), message, signature);
        };
    }

    /** The specification leaves the salt's length open: that of the hash is usual, some signers take all the room. */
    private static boolean verifiesPss(RSAPublicKey key, byte[] message, byte[] signature)
            throws GeneralSecurityException {
        int most = (key.getModulus().bitLength() + 6) / 8 - SHA256_BYTES - 2;
        for (int salt : List.of(SHA256_BYTES, most)) {
            Signature verifier = Signature.getInstance("RSASSA-PSS");
            verifier.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, salt, 1));
            if (verifies(verifier, key, message, signature)) {
                return true;
            }
        }
        return false;
    }

    private static boolean verifies(Signature verifier, PublicKey key, byte[] message, byte[] signature)
            throws GeneralSecurityException {
        verifier.initVerify(key);
        verifier.update(message);
        return verifier.verify(signature);
    }

    private static ECPublicKey curve(PublicKey key, int bits) throws InvalidKeyException {
        if (key instanceof ECPublicKey point && point.getParams().getOrder().bitLength() == bits) {
            return point;
        }
        throw new InvalidKeyException("Not a key of P-" + bits + ".");
    }

    private static RSAPublicKey strong(PublicKey key) throws InvalidKeyException {
        if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() >= LEAST_RSA_BITS) {
            return rsa;
        }
        throw new InvalidKeyException("Not an RSA key of at least " + LEAST_RSA_BITS + " bits.");
    }
}
