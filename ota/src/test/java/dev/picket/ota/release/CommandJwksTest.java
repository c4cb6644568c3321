package dev.picket.ota.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.ota.RejectedException;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.repository.KeyFile;
import dev.picket.ota.repository.SigningKey;
import dev.picket.ota.update.Shop;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandJwksTest {
    /** The public key of RFC 8037, appendix A.2. */
    private static final String RFC_X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    private static final String GOOD =
            "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"ops\",\"x\":\"%s\",\"verbs\":[\"install\"],\"sites\":[\"plant\"]}"
                    .formatted(RFC_X);

    @TempDir
    Path folder;

    @Test
    void aKeyAllowsItsVerbsAtItsSitesOnly() throws Exception {
        CommandJwk key = parse(GOOD).find("ops").orElseThrow();
        assertThat(key.allows("install", "plant")).isTrue();
        assertThat(key.allows("install", "other")).isFalse();
        assertThat(key.allows("restart", "plant")).isFalse();
        CommandJwk everywhere = new CommandJwk("ops", key.publicHex(), List.of("install"), List.of("*"));
        assertThat(everywhere.allows("install", "other")).isTrue();
    }

    @Test
    void theExampleOfTheStandardVerifies() throws Exception {
        // RFC 8037, appendix A.4
        String signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        byte[] signature = Base64.getUrlDecoder()
                .decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
        CommandJwk key = parse(GOOD).keys().getFirst();
        assertThat(key.verifies(signed.getBytes(StandardCharsets.US_ASCII), signature))
                .isTrue();
        signature[3] ^= 1;
        assertThat(key.verifies(signed.getBytes(StandardCharsets.US_ASCII), signature))
                .isFalse();
        assertThat(key.verifies(new byte[0], new byte[3])).isFalse();
    }

    @Test
    void whatAKeyFileSignsItsJwkVerifiesAfterAWayThroughJson() throws Exception {
        Path file = folder.resolve("ops.key");
        SigningKey made =
                KeyFile.create(file, "ops", "secret".toCharArray(), 10).key();
        KeyFile opened = KeyFile.open(file, "secret".toCharArray());
        CommandJwk jwk = new CommandJwk("ops", made.publicHex(), List.of("install"), List.of("plant"));
        CommandJwks read = CommandJwks.parse("keys", StrictJson.pretty(new CommandJwks(List.of(jwk), 0).toJson()));
        assertThat(read.keys()).containsExactly(jwk);
        assertThat(opened.role()).isEqualTo("ops");
        byte[] message = {1, 2, 3};
        assertThat(jwk.verifies(message, opened.key().signature(message))).isTrue();
        assertThat(opened.toString()).contains(made.publicHex());
    }

    @Test
    void aKeyOfAKindUnknownHereIsSkippedAndCounted() throws Exception {
        CommandJwks read = parse("{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"later\"}," + GOOD);
        assertThat(read.keys()).hasSize(1);
        assertThat(read.others()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "kid":"ops"           | "kid":"a b"            | kid must be
                    "kid":"ops"           | "name":"ops"           | kid must be
                    "verbs":["install"]   | "verbs":[]             | verbs must be
                    "verbs":["install"]   | "verbs":["*"]          | verbs must be
                    "verbs":["install"]   | "verbs":"install"      | verbs must be
                    "sites":["plant"]     | "sites":[]             | sites must be
                    "sites":["plant"]     | "sites":["a/b"]        | sites must be
                    "kty":"OKP"           | "kty":"OKP","d":"AA"   | private half
                    "kty":"OKP"           | "kty":"OKP","use":"enc"| use must be sig
                    "x":"11qY             | "x":"1qY               | x must be
                    """)
    void aFaultIsToldWithItsField(String good, String bad, String said) {
        assertThatThrownBy(() -> parse(GOOD.replace(good, bad)))
                .isInstanceOf(RejectedException.class)
                .hasMessageContaining(said);
    }

    @Test
    void twoKeysOfOneNameOrOneValueAreRefused() {
        assertThatThrownBy(() -> parse(GOOD + "," + GOOD)).hasMessageContaining("kid must be");
        assertThatThrownBy(() -> parse(GOOD + "," + GOOD.replace("ops", "two"))).hasMessageContaining("x must be");
    }

    @Test
    void theyAreATargetOfTheTopLevelRoleOnceTheyArePublished() throws Exception {
        Shop shop = new Shop(folder.resolve("shop"));
        assertThat(shop.repository().putCommandKeys(parse(GOOD))).isTrue();
        assertThat(shop.repository().putCommandKeys(parse(GOOD))).isFalse();
        shop.publish(Shop.NOW);
        assertThat(shop.served().resolve("metadata/1.targets.json"))
                .content()
                .contains("\"" + CommandJwks.PATH + "\"", "\"command-keys\"");
    }

    private static CommandJwks parse(String keys) throws RejectedException {
        return CommandJwks.parse("keys.json", ("{\"keys\":[" + keys + "]}").getBytes(StandardCharsets.UTF_8));
    }
}
