package dev.picket.ota.tuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class KeyTest {
    private static final byte[] MESSAGE = "signed".getBytes(StandardCharsets.UTF_8);
    private static final byte[] OTHER = "other".getBytes(StandardCharsets.UTF_8);

    @Test
    void ed25519InHexAndInPemVerifies() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = pair.getPublic().getEncoded();
        String hex = HexFormat.of().formatHex(encoded, encoded.length - 32, encoded.length);
        byte[] signature = sign(Signature.getInstance("Ed25519"), pair);

        verifies(new Key("ed25519", "ed25519", hex), signature);
        verifies(new Key("ed25519", "ed25519", pem(pair)), signature);
    }

    @Test
    void hexAndPemOfOneKeyAreOneKey() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = pair.getPublic().getEncoded();
        String hex = HexFormat.of().formatHex(encoded, encoded.length - 32, encoded.length);

        assertThat(new Key("ed25519", "ed25519", hex).identity())
                .isEqualTo(new Key("ed25519", "ed25519", pem(pair)).identity())
                .isEqualTo(new Key("ed25519", "ed25519", hex.toUpperCase(Locale.ROOT)).identity());
    }

    @Test
    void theVectorOfRfc8032Verifies() {
        // RFC 8032, section 7.1, test 2.
        Key key = new Key("ed25519", "ed25519", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        byte[] signature = HexFormat.of()
                .parseHex("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");

        assertThat(key.verifies(new byte[] {0x72}, signature)).isTrue();
        assertThat(key.verifies(new byte[] {0x73}, signature)).isFalse();
    }

    @Test
    void ecdsaInPemAndInHexVerifiesUnderBothNamesOfItsType() throws Exception {
        for (String curve : List.of("256", "384")) {
            KeyPair pair = ecdsa(curve);
            byte[] signature = sign(Signature.getInstance("SHA" + curve + "withECDSA"), pair);
            String scheme = "ecdsa-sha2-nistp" + curve;
            int point = 1 + Integer.parseInt(curve) / 4;
            byte[] encoded = pair.getPublic().getEncoded();
            String hex = HexFormat.of().formatHex(encoded, encoded.length - point, encoded.length);

            verifies(new Key("ecdsa", scheme, pem(pair)), signature);
            verifies(new Key(scheme, scheme, hex), signature);
            assertThat(new Key("ecdsa", scheme, hex).identity())
                    .isEqualTo(new Key("ecdsa", scheme, pem(pair)).identity());
        }
    }

    @Test
    void aKeyOfAnotherCurveOrKindVerifiesNothing() throws Exception {
        KeyPair pair = ecdsa("384");
        byte[] signature = sign(Signature.getInstance("SHA256withECDSA"), pair);

        assertThat(new Key("ecdsa", "ecdsa-sha2-nistp256", pem(pair)).verifies(MESSAGE, signature))
                .isFalse();
        assertThat(new Key("rsa", "ecdsa-sha2-nistp384", pem(pair))
                        .verifies(MESSAGE, sign(Signature.getInstance("SHA384withECDSA"), pair)))
                .isFalse();
    }

    @Test
    void rsaPssVerifiesWithASaltOfTheHashesLengthOrAllTheRoom() throws Exception {
        KeyPair pair = rsa(2048);

        verifies(new Key("rsa", "rsassa-pss-sha256", pem(pair)), pss(pair, 32));
        verifies(new Key("rsa", "rsassa-pss-sha256", pem(pair)), pss(pair, 256 - 32 - 2));
        assertThat(new Key("rsa", "rsa-pkcs1v15-sha256", pem(pair)).verifies(MESSAGE, pss(pair, 32)))
                .isFalse();
    }

    @Test
    void rsaWithTheOlderPaddingVerifiesAndAShortKeyDoesNot() throws Exception {
        KeyPair pair = rsa(2048);
        KeyPair weak = rsa(1024);

        verifies(new Key("rsa", "rsa-pkcs1v15-sha256", pem(pair)), sign(Signature.getInstance("SHA256withRSA"), pair));
        assertThat(new Key("rsa", "rsa-pkcs1v15-sha256", pem(weak))
                        .verifies(MESSAGE, sign(Signature.getInstance("SHA256withRSA"), weak)))
                .isFalse();
    }

    @Test
    void whatCannotBeReadVerifiesNothing() {
        assertThat(new Key("ed25519", "ed25519", "abc").verifies(MESSAGE, new byte[64]))
                .isFalse();
        assertThat(new Key("sphincs", "shake", "00").verifies(MESSAGE, new byte[64]))
                .isFalse();
        assertThat(new Key("rsa", "rsassa-pss-sha256", "-----BEGIN X-----\n!!\n").verifies(MESSAGE, OTHER))
                .isFalse();
    }

    private static void verifies(Key key, byte[] signature) {
        assertThat(key.verifies(MESSAGE, signature)).isTrue();
        assertThat(key.verifies(OTHER, signature)).isFalse();
        byte[] broken = signature.clone();
        broken[broken.length / 2] ^= 1;
        assertThat(key.verifies(MESSAGE, broken)).isFalse();
        assertThat(key.verifies(MESSAGE, new byte[0])).isFalse();
    }

    private static KeyPair ecdsa(String curve) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp" + curve + "r1"));
        return generator.generateKeyPair();
    }

    private static KeyPair rsa(int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    private static byte[] pss(KeyPair pair, int salt) throws Exception {
        Signature signer = Signature.getInstance("RSASSA-PSS");
        signer.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, salt, 1));
        return sign(signer, pair);
    }

    private static byte[] sign(Signature signer, KeyPair pair) throws Exception {
        signer.initSign(pair.getPrivate());
        signer.update(MESSAGE);
        return signer.sign();
    }

    private static String pem(KeyPair pair) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }
}
