package dev.picket.agent.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
    private static final char[] PASSWORD = "correct horse".toCharArray();

    private static KeyPair keys(String algorithm) throws GeneralSecurityException {
        return algorithm.equals("EC")
                ? TestAuthority.ecKeys()
                : KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void anRsaKeyInPkcs1IsRead() throws Exception {
        PrivateKey key = keys("RSA").getPrivate();
        String pem = TestAuthority.pem(key);
        assertThat(pem).startsWith("-----BEGIN RSA PRIVATE KEY-----");
        assertThat(Pem.privateKey(bytes(pem), null).getEncoded()).isEqualTo(same(key));
    }

    /** RFC 5915, which names the curve inside the key; OpenSSL writes the curve once more before it. */
    @Test
    void anEllipticKeyInSec1IsRead() throws Exception {
        java.security.interfaces.ECPrivateKey key =
                (java.security.interfaces.ECPrivateKey) keys("EC").getPrivate();
        byte[] sec1 = new ECPrivateKey(256, key.getS(), SECObjectIdentifiers.secp256r1).getEncoded();
        String pem = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
                + TestAuthority.pem(new PemObject("EC PRIVATE KEY", sec1));
        assertThat(Pem.privateKey(bytes(pem), null))
                .isInstanceOfSatisfying(
                        java.security.interfaces.ECPrivateKey.class,
                        read -> assertThat(read.getS()).isEqualTo(key.getS()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA", "Ed25519"})
    void aKeyInPkcs8IsReadWhateverItsAlgorithm(String algorithm) throws Exception {
        PrivateKey key = keys(algorithm).getPrivate();
        String pem = "some text before\n" + TestAuthority.pem(new JcaPKCS8Generator(key, null)) + "and after\n";
        assertThat(Pem.privateKey(bytes(pem), null).getEncoded()).isEqualTo(same(key));
    }

    @Test
    void anEncryptedKeyIsReadWithItsPasswordAndSaysWhenItIsMissingOrWrong() throws Exception {
        PrivateKey key = keys("EC").getPrivate();
        var encryptor = new JceOpenSSLPKCS8EncryptorBuilder(JcaPKCS8Generator.AES_256_CBC)
                .setProvider(new BouncyCastleProvider())
                .setPassword(PASSWORD)
                .build();
        byte[] pem = bytes(TestAuthority.pem(new JcaPKCS8Generator(key, encryptor)));
        assertThat(new String(pem, StandardCharsets.US_ASCII)).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
        assertThat(Pem.privateKey(pem, new String(PASSWORD)).getEncoded()).isEqualTo(same(key));
        assertThatThrownBy(() -> Pem.privateKey(pem, null))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessageContaining("set uplink.tls.key-password-file");
        assertThatThrownBy(() -> Pem.privateKey(pem, "wrong"))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessageContaining("is the password in uplink.tls.key-password-file right?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----\n",
                "-----BEGIN EC PRIVATE KEY-----\n\n-----END EC PRIVATE KEY-----\n",
                "-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----\n",
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n",
                "-----BEGIN PRIVATE KEY-----\nAAAA\n"
            })
    void whatIsNoWholeKeyIsRefusedWithASentence(String pem) {
        assertThatThrownBy(() -> Pem.privateKey(bytes(pem), null))
                .isInstanceOf(GeneralSecurityException.class)
                .message()
                .startsWith("it");
    }

    @Test
    void aLengthThatLeadsBackIsRefusedAndNotFollowedForEver() {
        byte[] der = new byte[400];
        der[0] = 0x30;
        der[1] = 0x7e; // the first element begins at 2
        for (int at = 2; at + 1 < 130; at += 2) {
            der[at] = 0x04; // empty elements, up to one whose length of 0x80 was read as 128 back
        }
        der[130] = 0x04;
        der[131] = (byte) 0x80;
        String pem = "-----BEGIN EC PRIVATE KEY-----\n%s\n-----END EC PRIVATE KEY-----\n"
                .formatted(java.util.Base64.getEncoder().encodeToString(der));
        assertTimeoutPreemptively(
                Duration.ofSeconds(30),
                () -> assertThatThrownBy(() -> Pem.privateKey(bytes(pem), null))
                        .isInstanceOf(GeneralSecurityException.class)
                        .hasMessageContaining("cut short"));
    }

    @Property(tries = 500)
    void anyBytesInsideTheArmourAreAKeyOrRefused(@ForAll byte[] der) {
        for (String kind : new String[] {"", "EC ", "RSA ", "ENCRYPTED "}) {
            String pem = "-----BEGIN %sPRIVATE KEY-----\n%s\n-----END %sPRIVATE KEY-----\n"
                    .formatted(kind, java.util.Base64.getEncoder().encodeToString(der), kind);
            assertThatThrownBy(() -> Pem.privateKey(bytes(pem), "x")).isInstanceOf(GeneralSecurityException.class);
        }
    }

    /** As the JDK writes it, whose encodings of one key are one. */
    private static byte[] same(PrivateKey key) throws GeneralSecurityException {
        return java.security.KeyFactory.getInstance(key.getAlgorithm())
                .translateKey(key)
                .getEncoded();
    }
}
