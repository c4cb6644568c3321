package dev.picket.agent.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.Seed;
import dev.picket.agent.config.GatewayConfig;
import dev.picket.agent.state.Memory;
import dev.picket.ota.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of a signed command, one by one. */
class VerificationTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final GatewayConfig HERE = new GatewayConfig("plant", "press-4");

    @TempDir
    Path folder;

    private Signer signer;
    private Verification rules;

    @BeforeEach
    void publishAKey() throws Exception {
        signer = new Signer("desk").knownIn(folder);
        rules = new Verification(HERE, CommandKeys.open(folder.resolve("updates"), ""));
    }

    private Request verify(byte[] token) throws RefusedException {
        return rules.verify("effect", token, NOW, Memory.WHOLE);
    }

    private void refuses(byte[] token, Refusal.Reason reason, int status) {
        refuses(token, Memory.WHOLE, reason, status);
    }

    private void refuses(byte[] token, Memory memory, Refusal.Reason reason, int status) {
        assertThatThrownBy(() -> rules.verify("effect", token, NOW, memory))
                .asInstanceOf(type(RefusedException.class))
                .satisfies(e -> {
                    assertThat(e.refusal().reason()).isEqualTo(reason);
                    assertThat(e.refusal().status()).isEqualTo(status);
                    assertThat(e.refusal().sentence()).endsWith(".");
                });
    }

    private static ObjectNode claims() {
        return Signer.claims("effect", "order-1", NOW);
    }

    @Test
    void noTokenCanNameTheOrderOfARollout() {
        Claims claims = new Claims("ops", "plant/*", Instant.EPOCH, Instant.EPOCH, "rollout/spring");
        Request request = new Request("install", StrictJson.object(), new byte[0], claims);
        assertThat(Claims.idOf(request)).isEqualTo("command/rollout/spring");
    }

    @Test
    void aRightTokenGivesItsParametersAndClaims() throws Exception {
        ObjectNode claims = claims();
        claims.putObject("params").put("n", 3);
        Request request = verify(signer.sign(claims));
        assertThat(request.params().path("n").asInt()).isEqualTo(3);
        assertThat(request.claims())
                .isEqualTo(new Claims("desk", "plant/press-4", NOW, NOW.plusSeconds(300), "order-1"));
        assertThat(verify(signer.sign(claims().put("aud", "plant/*"))).verb()).isEqualTo("effect");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "...", "a.b.c", "{\"verb\":\"effect\"}", "a.b.c.d"})
    void whatHasNotThreePartsOfBase64IsNoToken(String token) {
        refuses(token.getBytes(StandardCharsets.UTF_8), Refusal.Reason.BAD_TOKEN, 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"alg\":\"none\",\"kid\":\"desk\"}",
                "{\"alg\":\"HS256\",\"kid\":\"desk\"}",
                "{\"alg\":\"EdDSA\"}",
                "{\"alg\":\"EdDSA\",\"kid\":\"desk\",\"crit\":[\"b64\"],\"b64\":false}",
                "{\"alg\":\"EdDSA\",\"kid\":\"desk\",\"jwk\":{\"kty\":\"OKP\"}}",
                "{\"alg\":\"EdDSA\",\"kid\":\"desk\",\"jku\":\"https://example.com\"}",
                "{\"alg\":\"EdDSA\",\"alg\":\"EdDSA\",\"kid\":\"desk\"}",
                "[]"
            })
    void aHeaderThatSaysAnythingButTheKeyIsRefused(String header) throws Exception {
        refuses(signer.sign(header, claims().toString()), Refusal.Reason.BAD_TOKEN, 400);
    }

    @Test
    void aKeyThatIsNotPublishedSignsNothing() throws Exception {
        refuses(new Signer("stranger").sign(claims()), Refusal.Reason.UNKNOWN_KEY, 401);
        refuses(new Signer("desk").sign(claims()), Refusal.Reason.BAD_SIGNATURE, 401);
    }

    @Test
    void withoutKeysTheConsoleIsToldToPublishThem() throws Exception {
        Files.delete(folder.resolve("updates/command-keys.json"));
        rules = new Verification(HERE, CommandKeys.open(folder.resolve("updates"), ""));
        refuses(signer.sign(claims()), Refusal.Reason.NO_KEYS, 503);
    }

    @Test
    void keysOfARootThatWasTakenAwaySignNothing() throws Exception {
        rules = new Verification(
                HERE, CommandKeys.open(folder.resolve("updates"), "Updates are off: updates.repository is not set."));
        refuses(signer.sign(claims()), Refusal.Reason.NO_KEYS, 503);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "verb":"effect"       | "verb":7
            "verb":"effect"       | "word":"effect"
            "params":{}           | "params":[]
            "aud":"plant/press-4" | "aud":["plant/press-4"]
            "iat":                | "iat":1.5,"was":
            "exp":                | "exp":"soon","was":
            "exp":                | "exp":-
            "jti":"order-1"       | "jti":""
            "jti":"order-1"       | "jti":"order-1","nbf":99999999999
            "jti":"order-1"       | "jti":"order-1","jti":"order-2"
            """)
    void claimsOfAnotherTypeOrNumberAreRefused(String good, String bad) throws Exception {
        byte[] token = signer.sign(
                "{\"alg\":\"EdDSA\",\"kid\":\"desk\"}", claims().toString().replace(good, bad));
        refuses(token, Refusal.Reason.BAD_CLAIMS, 400);
    }

    @Test
    void aVerbOtherThanTheTopicsIsRefused() throws Exception {
        refuses(signer.sign(claims().put("verb", "restart")), Refusal.Reason.VERB_DIFFERS, 400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plant/press-5", "other/press-4", "other/*", "*", "plant", "plant/press-4/", "*/*"})
    void anotherAudienceIsRefused(String audience) throws Exception {
        refuses(signer.sign(claims().put("aud", audience)), Refusal.Reason.WRONG_AUDIENCE, 403);
    }

    @Test
    void aKeyForOtherVerbsOrSitesIsRefused() throws Exception {
        byte[] token = signer.sign(claims());
        for (var jwk : List.of(
                signer.jwk(List.of("restart"), List.of("plant")), signer.jwk(List.of("effect"), List.of("other")))) {
            ObjectNode keys = StrictJson.object();
            keys.putArray("keys").add(jwk.toJson());
            Files.write(folder.resolve("updates/command-keys.json"), StrictJson.pretty(keys));
            rules = new Verification(HERE, CommandKeys.open(folder.resolve("updates"), ""));
            refuses(token, Refusal.Reason.KEY_NOT_ALLOWED, 403);
        }
    }

    @Test
    void theTimesMustBeInOrderAndWithinSevenDays() throws Exception {
        long now = NOW.getEpochSecond();
        refuses(signer.sign(claims().put("iat", now + 61)), Refusal.Reason.ISSUED_AHEAD, 400);
        assertThat(verify(signer.sign(claims().put("iat", now + 60)))).isNotNull();
        refuses(signer.sign(claims().put("exp", now)), Refusal.Reason.BAD_CLAIMS, 400);
        refuses(signer.sign(claims().put("exp", now + 7 * 86_400 + 1)), Refusal.Reason.BAD_CLAIMS, 400);
        assertThat(verify(signer.sign(claims().put("exp", now + 7 * 86_400)))).isNotNull();
        refuses(signer.sign(claims().put("iat", now - 9).put("exp", now)), Refusal.Reason.EXPIRED, 410);
        refuses(signer.sign(claims().put("exp", Long.MAX_VALUE)), Refusal.Reason.BAD_CLAIMS, 400);
    }

    @Test
    void whatMayHaveBeenForgottenIsNotTaken() throws Exception {
        byte[] token = signer.sign(claims());
        Instant expires = NOW.plusSeconds(300);
        refuses(token, new Memory(NOW.plusSeconds(1), Instant.EPOCH), Refusal.Reason.FORGOTTEN, 409);
        refuses(token, new Memory(Instant.EPOCH, expires), Refusal.Reason.FORGOTTEN, 409);
        assertThat(rules.verify("effect", token, NOW, new Memory(NOW, expires.minusSeconds(1))))
                .isNotNull();
    }

    /** Ten thousand changed tokens: none is taken, and none breaks anything. */
    @Test
    void noChangedTokenIsTaken() throws Exception {
        byte[] token = signer.sign(claims());
        long seed = Seed.ofThisRun();
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            byte[] changed = changed(token, random);
            if (Arrays.equals(changed, token)) {
                continue;
            }
            assertThatThrownBy(() -> verify(changed))
                    .as("seed %d, round %d", seed, i)
                    .isInstanceOf(RefusedException.class);
        }
    }

    @Test
    void whatIsSavedOfAJobIsReadAgainWithoutItsKey() throws Exception {
        ObjectNode claims = claims();
        claims.putObject("params").put("n", 3);
        Request saved = Verification.saved("effect", signer.sign(claims));
        assertThat(saved.params().path("n").asInt()).isEqualTo(3);
        assertThat(saved.claims()).isNotNull();
    }

    private static byte[] changed(byte[] token, Random random) {
        int at = random.nextInt(token.length);
        return switch (random.nextInt(5)) {
            case 0 -> {
                byte[] other = token.clone();
                other[at] = (byte) random.nextInt(256);
                yield other;
            }
            case 1 -> Arrays.copyOf(token, at);
            case 2 -> {
                byte[] other = Arrays.copyOf(token, token.length + 1);
                System.arraycopy(token, at, other, at + 1, token.length - at);
                other[at] = (byte) "=.+/ \n\u0000A_-".charAt(random.nextInt(10));
                yield other;
            }
            case 3 -> {
                byte[] other = new byte[token.length - 1];
                System.arraycopy(token, 0, other, 0, at);
                System.arraycopy(token, at + 1, other, at, token.length - at - 1);
                yield other;
            }
            default -> {
                byte[] other = token.clone();
                int with = random.nextInt(token.length);
                other[at] = token[with];
                other[with] = token[at];
                yield other;
            }
        };
    }
}
