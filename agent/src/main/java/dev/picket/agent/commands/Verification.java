package dev.picket.agent.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.config.GatewayConfig;
import dev.picket.agent.state.Memory;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import dev.picket.ota.release.CommandJwk;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;

/**
 * Every rule by which a signed command counts, without any I/O. The steps are taken in this order, and the first that
 * fails refuses it:
 *
 * <pre>
 *    1  three parts of base64url                                     400 bad-token
 *    2  the header names EdDSA, a key, and nothing else              400 bad-token
 *    3  some key is known, and the one it names is                   503 no-keys, 401 unknown-key
 *    4  the signature is that key's                                  401 bad-signature
 *    5  the claims are there, of their types and lengths, no others  400 bad-claims
 *    6  the verb is the topic's                                      400 verb-differs
 *    7  the audience is this gateway, or all of its site             403 wrong-audience
 *    8  the key may ask this verb at this site                       403 key-not-allowed
 *    9  issued not ahead of now (60 s of leeway); exp after iat, at most 7 days     400 issued-ahead, bad-claims
 *   10  not expired                                                  410 expired
 *   11  within what is remembered of tokens                          409 forgotten
 *   12  its jti was not taken by another command                     409 replayed ({@code CommandRows.receive}, durably)
 * </pre>
 *
 * Nothing of the payload is looked at before its signature is verified.
 */
final class Verification {
    private static final Duration LONGEST_LIFE = Duration.ofDays(7);
    private static final Duration LEEWAY = Duration.ofSeconds(60);
    private static final int MAX_NAME = 64;
    private static final int MAX_AUDIENCE = 129;
    private static final int MAX_ID = 128;
    private static final long LAST_SECOND = 253_402_300_799L;
    private static final Set<String> CLAIMS = Set.of("verb", "params", "aud", "iat", "exp", "jti");

    private final GatewayConfig gateway;
    private final CommandKeys keys;

    Verification(GatewayConfig gateway, CommandKeys keys) {
        this.gateway = gateway;
        this.keys = keys;
    }

    /**
     * Steps 1 to 11.
     *
     * @param verb the topic's
     * @param now never before this agent was built, nor before what signed metadata say
     */
    Request verify(String verb, byte[] token, Instant now, Memory memory) throws RefusedException {
        CommandJwk key = Signed.verify(token, keys).key();
        Jws jws = Jws.parse(token);
        Request request = read(verb, token, jws);
        Claims claims = claims(request);
        checkPlace(claims, verb, key);
        checkTime(claims, now, memory);
        return request;
    }

    /** The request of a token that was verified before it was saved: step 5 alone. */
    static Request saved(String verb, byte[] token) throws RefusedException {
        return read(verb, token, Jws.parse(token));
    }

    /** Steps 5 and 6. */
    private static Request read(String verb, byte[] token, Jws jws) throws RefusedException {
        try {
            Fields fields = StrictJson.parse("The payload", jws.payload());
            for (String name : names(fields.node())) {
                if (!CLAIMS.contains(name)) {
                    throw fields.fault(name, "absent: this agent does not know it");
                }
            }
            String claimed = fields.text("verb", MAX_NAME);
            ObjectNode params = fields.has("params") ? fields.object("params").node() : StrictJson.object();
            Claims claims = new Claims(
                    jws.keyId(),
                    fields.text("aud", MAX_AUDIENCE),
                    Instant.ofEpochSecond(fields.number("iat", 0, LAST_SECOND)),
                    Instant.ofEpochSecond(fields.number("exp", 0, LAST_SECOND)),
                    fields.text("jti", MAX_ID));
            if (claims.id().isEmpty()) {
                throw fields.fault("jti", "1 to " + MAX_ID + " characters long");
            }
            if (!claimed.equals(verb)) {
                throw new RefusedException(
                        Refusal.Reason.VERB_DIFFERS,
                        400,
                        "The topic asks to '%s', and what is signed asks to '%s'.".formatted(verb, claimed));
            }
            return new Request(verb, params, token, claims);
        } catch (RejectedException e) {
            throw new RefusedException(Refusal.Reason.BAD_CLAIMS, 400, String.valueOf(e.getMessage()));
        }
    }

    /** Steps 7 and 8. */
    private void checkPlace(Claims claims, String verb, CommandJwk key) throws RefusedException {
        String here = gateway.site() + "/" + gateway.name();
        String audience = claims.audience();
        if (!audience.equals(here) && !audience.equals(gateway.site() + "/*")) {
            throw new RefusedException(
                    Refusal.Reason.WRONG_AUDIENCE,
                    403,
                    "This is %s, and the command is for '%s'.".formatted(here, audience));
        }
        if (!key.allows(verb, gateway.site())) {
            throw new RefusedException(
                    Refusal.Reason.KEY_NOT_ALLOWED,
                    403,
                    "The key '%s' may not ask to '%s' at the site %s.".formatted(key.kid(), verb, gateway.site()));
        }
    }

    /** Steps 9 to 11. */
    private static void checkTime(Claims claims, Instant now, Memory memory) throws RefusedException {
        Instant issued = claims.issuedAt();
        Instant expires = claims.expiresAt();
        if (issued.isAfter(now.plus(LEEWAY))) {
            throw new RefusedException(
                    Refusal.Reason.ISSUED_AHEAD,
                    400,
                    "The command is issued at %s, and here it is %s: look at both clocks.".formatted(issued, now));
        }
        if (!expires.isAfter(issued) || expires.isAfter(issued.plus(LONGEST_LIFE))) {
            throw new RefusedException(
                    Refusal.Reason.BAD_CLAIMS, 400, "The command must expire after it is issued, and within 7 days.");
        }
        if (!expires.isAfter(now)) {
            throw new RefusedException(
                    Refusal.Reason.EXPIRED,
                    410,
                    "The command expired at %s, and here it is %s.".formatted(expires, now));
        }
        if (issued.isBefore(memory.since()) || !expires.isAfter(memory.forgottenThrough())) {
            throw new RefusedException(
                    Refusal.Reason.FORGOTTEN,
                    409,
                    ("This gateway no longer knows whether it took this command before: sign a new one that expires"
                                    + " after %s.")
                            .formatted(memory.forgottenThrough()));
        }
    }

    private static Claims claims(Request request) {
        return Objects.requireNonNull(request.claims());
    }

    private static Iterable<String> names(ObjectNode node) {
        return node::fieldNames;
    }
}
