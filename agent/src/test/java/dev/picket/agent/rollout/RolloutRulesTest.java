package dev.picket.agent.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.commands.CommandKeys;
import dev.picket.agent.commands.RefusedException;
import dev.picket.agent.commands.Signer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule by which a rollout counts, broken one at a time. */
class RolloutRulesTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Rollout ROLLOUT = new Rollout(
            "r1",
            3,
            "factory/7",
            Set.of("north"),
            25,
            Rollout.State.PAUSED,
            Window.of("22:00-05:00", "Europe/Berlin"),
            NOW.plus(Duration.ofDays(7)),
            true);

    @TempDir
    Path folder;

    private Signer signer;
    private RolloutRules rules;

    @BeforeEach
    void aKeyInForce() throws Exception {
        signer = new Signer("desk").knownIn(folder);
        rules = new RolloutRules("plant", CommandKeys.open(folder.resolve("updates"), ""), 4_096);
    }

    @Test
    void aRightTokenIsTheRolloutThatWasMeant() throws Exception {
        assertThat(rules.verify("r1", signer.sign(claims()), NOW, Instant.EPOCH))
                .isEqualTo(ROLLOUT);
    }

    @Test
    void whatIsUnsignedOrSignedByAnotherKeyIsRefused() throws Exception {
        refuses(claims().toString().getBytes(StandardCharsets.UTF_8), "bad-token");
        refuses("{".getBytes(StandardCharsets.UTF_8), "bad-token");
        refuses(new Signer("stranger").sign(claims()), "unknown-key");
        refuses(new Signer("desk").sign(claims()), "bad-signature");
    }

    @Test
    void withoutATrustedRootNoneIsTaken() throws Exception {
        rules = new RolloutRules(
                "plant", CommandKeys.open(folder.resolve("updates"), "Updates are off: no root."), 4_096);
        refuses(signer.sign(claims()), "no-keys");
    }

    @Test
    void anotherSiteOrAnotherIdIsRefused() throws Exception {
        refuses(signer.sign(claims().put("aud", "other/*")), "wrong-audience");
        refuses(signer.sign(claims().put("aud", "plant/press-4")), "wrong-audience");
        refuses(signer.sign(claims().put("id", "r2")), "verb-differs");
        rules = new RolloutRules("other", CommandKeys.open(folder.resolve("updates"), ""), 4_096);
        refuses(signer.sign(claims()), "wrong-audience");
        refuses(signer.sign(claims().put("aud", "other/*")), "key-not-allowed");
    }

    @Test
    void aTokenThatIsTooLargeIsNotEvenVerified() throws Exception {
        refuses(new byte[5_000], "too-large");
    }

    @Test
    void theTimesMustBeNearEachOther() throws Exception {
        long now = NOW.getEpochSecond();
        refuses(signer.sign(claims().put("iat", now + 61)), "issued-ahead");
        refuses(signer.sign(claims().put("notAfter", now + 91 * 86_400)), "bad-claims");
        RefusedException forgotten = catchThrowableOfType(
                RefusedException.class, () -> rules.verify("r1", signer.sign(claims()), NOW, NOW.plusSeconds(1)));
        assertThat(forgotten.refusal().reason().wireName()).isEqualTo("forgotten");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "verb":"rollout"   | "verb":"install"
            "revision":3       | "revision":0
            "revision":3       | "revision":"3"
            "revision":3       | "revision":3,"revision":4
            "percent":25       | "percent":101
            "percent":25       | "percent":-1
            "percent":25       | "percent":25,"jti":"x"
            "state":"paused"   | "state":"on"
            "set":"factory/7"  | "set":"../factory/7"
            "set":"factory/7"  | "set":"factory/seven"
            "groups":["north"] | "groups":"north"
            "groups":["north"] | "groups":["a/b"]
            "from":"22:00"     | "from":"25:00"
            "zone":"Europe     | "zone":"Atlantis
            "downgrade":true   | "downgrade":"yes"
            "id":"r1"          | "id":"status"
            "notAfter":        | "notAfter":"soon","was":
            """)
    void claimsOfAnotherTypeOrNumberAreRefused(String good, String bad) throws Exception {
        String payload = claims().toString();
        assertThat(payload).contains(good);
        refuses(signer.signText(payload.replace(good, bad)), "bad-claims");
    }

    private void refuses(byte[] token, String reason) {
        RefusedException e =
                catchThrowableOfType(RefusedException.class, () -> rules.verify("r1", token, NOW, Instant.EPOCH));
        assertThat(e).as("refused").isNotNull();
        assertThat(e.refusal().reason().wireName()).isEqualTo(reason);
        assertThat(e.refusal().sentence()).endsWith(".");
    }

    private static ObjectNode claims() {
        return Orders.claims(ROLLOUT, NOW);
    }
}
