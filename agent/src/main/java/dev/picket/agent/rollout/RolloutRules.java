package dev.picket.agent.rollout;

import dev.picket.agent.commands.CommandKeys;
import dev.picket.agent.commands.Refusal;
import dev.picket.agent.commands.RefusedException;
import dev.picket.agent.commands.Signed;
import dev.picket.ota.RejectedException;
import java.time.Duration;
import java.time.Instant;

/**
 * Every rule by which a rollout counts, without any I/O. The first that fails refuses it:
 *
 * <pre>
 *    1  not larger than a command may be                              too-large
 *    2  a JWS of a published key: steps 1 to 4 of a signed command    bad-token, no-keys, unknown-key, bad-signature
 *    3  the claims are there, of their types, no others, and its verb is rollout     bad-claims
 *    4  its id is the topic's                                         verb-differs
 *    5  it is for all gateways of this site                           wrong-audience
 *    6  the key may roll out at this site                             key-not-allowed
 *    7  issued not ahead of now (60 s of leeway), and notAfter within 90 days of it  issued-ahead, bad-claims
 *    8  issued within what is remembered of rollouts                  forgotten
 *    9  its revision is not below the one that was taken              replayed ({@code RolloutRows.take}, durably)
 * </pre>
 *
 * Nothing of the payload is looked at before its signature is verified.
 */
final class RolloutRules {
    static final Duration LONGEST_LIFE = Duration.ofDays(90);
    private static final Duration LEEWAY = Duration.ofSeconds(60);

    private final String site;
    private final CommandKeys keys;
    private final long maxBytes;

    RolloutRules(String site, CommandKeys keys, long maxBytes) {
        this.site = site;
        this.keys = keys;
        this.maxBytes = maxBytes;
    }

    /**
     * Steps 1 to 8.
     *
     * @param id the topic's
     * @param now never before this agent was built, nor before what signed metadata say
     * @param since from when on rollouts are remembered
     */
    Rollout verify(String id, byte[] token, Instant now, Instant since) throws RefusedException {
        if (token.length > maxBytes) {
            throw new RefusedException(
                    Refusal.Reason.TOO_LARGE,
                    413,
                    "It has %d bytes; the limit is %d.".formatted(token.length, maxBytes));
        }
        Signed signed = Signed.verify(token, keys);
        Claims claims = claims(signed.payload());
        checkPlace(id, claims, signed);
        checkTime(claims, now, since);
        return claims.rollout();
    }

    /** The claims of a token that was verified before it was saved: step 3 alone. */
    static Claims saved(byte[] token) throws RefusedException {
        return claims(Signed.payloadOf(token));
    }

    private static Claims claims(byte[] payload) throws RefusedException {
        try {
            return Claims.parse(payload);
        } catch (RejectedException e) {
            throw new RefusedException(Refusal.Reason.BAD_CLAIMS, 400, String.valueOf(e.getMessage()));
        }
    }

    /** Steps 4 to 6. */
    private void checkPlace(String id, Claims claims, Signed signed) throws RefusedException {
        if (!claims.rollout().id().equals(id)) {
            throw new RefusedException(
                    Refusal.Reason.VERB_DIFFERS,
                    400,
                    "The topic names the rollout '%s', and what is signed '%s'."
                            .formatted(id, claims.rollout().id()));
        }
        if (!claims.audience().equals(site + "/*")) {
            throw new RefusedException(
                    Refusal.Reason.WRONG_AUDIENCE,
                    403,
                    "This is the site %s, and the rollout is for '%s'.".formatted(site, claims.audience()));
        }
        if (!signed.key().allows(Claims.VERB, site)) {
            throw new RefusedException(
                    Refusal.Reason.KEY_NOT_ALLOWED,
                    403,
                    "The key '%s' may not roll out at the site %s."
                            .formatted(signed.key().kid(), site));
        }
    }

    /** Steps 7 and 8. */
    private static void checkTime(Claims claims, Instant now, Instant since) throws RefusedException {
        Instant issued = claims.issuedAt();
        if (issued.isAfter(now.plus(LEEWAY))) {
            throw new RefusedException(
                    Refusal.Reason.ISSUED_AHEAD,
                    400,
                    "It is issued at %s, and here it is %s: look at both clocks.".formatted(issued, now));
        }
        if (claims.rollout().notAfter().isAfter(issued.plus(LONGEST_LIFE))) {
            throw new RefusedException(
                    Refusal.Reason.BAD_CLAIMS, 400, "Its notAfter must be within 90 days after it is issued.");
        }
        if (issued.isBefore(since)) {
            throw new RefusedException(
                    Refusal.Reason.FORGOTTEN,
                    409,
                    "This gateway no longer knows what it did about this rollout before %s: give it a new revision."
                            .formatted(since));
        }
    }
}
