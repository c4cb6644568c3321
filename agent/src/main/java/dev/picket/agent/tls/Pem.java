package dev.picket.agent.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The armour of RFC 7468 around what the JDK reads by itself. Keys: PKCS#8 ({@code PRIVATE KEY}, {@code ENCRYPTED PRIVATE
 * KEY} with PBES2), PKCS#1 ({@code RSA PRIVATE KEY}) and SEC 1 ({@code EC PRIVATE KEY}), the last two wrapped into a PKCS#8
 * header first. OpenSSL's own encryption of the last two ({@code Proc-Type: 4,ENCRYPTED}) is not read.
 */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ((?:[A-Z]+ )*PRIVATE KEY)-----\\s+([^-]*)-----END \\1-----");
    private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");
    /** The OID rsaEncryption with its NULL parameters, an AlgorithmIdentifier. */
    private static final byte[] RSA = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
    };
    /** The OID id-ecPublicKey. */
    private static final byte[] EC = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

    private static final byte[] VERSION_0 = {0x02, 1, 0};
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int INDEFINITE = 0x80;
    private static final int EC_PARAMETERS = 0xa0;

    private Pem() {}

    /** All certificates, in their order; text around them is allowed. */
    static List<X509Certificate> certificates(byte[] pem) throws CertificateException {
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem)).stream()
                .map(X509Certificate.class::cast)
                .toList();
    }

    /**
     * The first private key.
     *
     * @param password of an encrypted key; null: none is known
     * @throws GeneralSecurityException with one sentence when there is none that can be read
     */
    static PrivateKey privateKey(byte[] pem, @Nullable String password) throws GeneralSecurityException {
        Matcher block = BLOCK.matcher(new String(pem, StandardCharsets.ISO_8859_1));
        if (!block.find()) {
            throw new InvalidKeySpecException("it holds no PEM private key");
        }
        byte[] der = decode(block.group(2));
        return switch (block.group(1)) {
            case "PRIVATE KEY" -> fromPkcs8(der);
            case "ENCRYPTED PRIVATE KEY" -> fromPkcs8(decrypt(der, password));
            case "RSA PRIVATE KEY" -> fromPkcs8(tagged(SEQUENCE, VERSION_0, RSA, tagged(OCTETS, der)));
            case "EC PRIVATE KEY" ->
                fromPkcs8(tagged(SEQUENCE, VERSION_0, tagged(SEQUENCE, EC, curveOf(der)), tagged(OCTETS, der)));
            default ->
                throw new InvalidKeySpecException("it holds a '" + block.group(1)
                        + "', which is not read; convert it with: openssl pkcs8 -topk8");
        };
    }

    private static byte[] decode(String body) throws InvalidKeySpecException {
        if (body.contains(":")) {
            throw new InvalidKeySpecException(
                    "its key is encrypted in OpenSSL's old way; convert it with: openssl pkcs8 -topk8");
        }
        try {
            return Base64.getMimeDecoder().decode(body);
        } catch (IllegalArgumentException e) {
            throw new InvalidKeySpecException("its key is not base64", e);
        }
    }

    private static byte[] decrypt(byte[] der, @Nullable String password) throws GeneralSecurityException {
        if (password == null) {
            throw new InvalidKeySpecException("its key is encrypted; set uplink.tls.key-password-file");
        }
        try {
            EncryptedPrivateKeyInfo encrypted = new EncryptedPrivateKeyInfo(der);
            String algorithm = encrypted.getAlgParameters() == null
                    ? encrypted.getAlgName()
                    : encrypted.getAlgParameters().toString();
            PBEKeySpec secret = new PBEKeySpec(password.toCharArray());
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(algorithm).generateSecret(secret),
                    encrypted.getAlgParameters());
            return encrypted.getKeySpec(cipher).getEncoded();
        } catch (IOException | GeneralSecurityException e) {
            throw new InvalidKeySpecException(
                    "its key cannot be decrypted; is the password in uplink.tls.key-password-file right?", e);
        }
    }

    private static PrivateKey fromPkcs8(byte[] der) throws GeneralSecurityException {
        PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(der);
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException e) {
                // Of another algorithm: PKCS#8 says which, and each factory takes its own alone.
            }
        }
        throw new InvalidKeySpecException("its key is none of " + ALGORITHMS);
    }

    /** RFC 5915: SEQUENCE { version, OCTET STRING, [0] curve OPTIONAL, [1] public key OPTIONAL }. */
    private static byte[] curveOf(byte[] sec1) throws InvalidKeySpecException {
        try {
            int at = 2 + longForm(sec1, 0);
            while (at + 1 < sec1.length) {
                int begin = at + 2 + longForm(sec1, at);
                int end = Math.addExact(begin, length(sec1, at));
                if ((sec1[at] & 0xff) == EC_PARAMETERS) {
                    return Arrays.copyOfRange(sec1, begin, end);
                }
                at = end;
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
            throw new InvalidKeySpecException("its EC key is cut short", e);
        }
        throw new InvalidKeySpecException("its EC key does not name its curve; convert it with: openssl pkcs8 -topk8");
    }

    /** How many bytes of the length follow its first. */
    private static int longForm(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return first < 0x80 ? 0 : first & 0x7f;
    }

    private static int length(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first == INDEFINITE) {
            throw new IllegalArgumentException("DER has no indefinite length");
        }
        int bytes = longForm(der, at);
        if (bytes == 0) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < bytes; i++) {
            length = Math.addExact(Math.multiplyExact(length, 256), der[at + 2 + i] & 0xff);
        }
        return length;
    }

    private static byte[] tagged(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int size = content.size();
        if (size < 0x80) {
            out.write(size);
        } else {
            byte[] length = BigInteger.valueOf(size).toByteArray();
            int zeros = length[0] == 0 ? 1 : 0; // DER wants the shortest form
            out.write(0x80 | (length.length - zeros));
            out.write(length, zeros, length.length - zeros);
        }
        out.writeBytes(content.toByteArray());
        return out.toByteArray();
    }
}
