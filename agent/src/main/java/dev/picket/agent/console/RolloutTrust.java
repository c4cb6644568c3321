package dev.picket.agent.console;

import dev.picket.agent.commands.CommandKeys;
import dev.picket.agent.commands.RefusedException;
import dev.picket.agent.commands.Signed;
import dev.picket.agent.rollout.Claims;
import dev.picket.ota.release.CommandJwk;
import dev.picket.ota.repository.KeyFile;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose orders a console believes. What lies at a broker was perhaps put there by whoever holds the broker: without a key to
 * hold it against it is shown, and said to be unverified, and never signed again in another's words.
 *
 * @param keys those that the repository publishes; null where no root and repository were given
 * @param own the key that is at hand; null where none is
 */
public record RolloutTrust(
        @Nullable CommandKeys keys, @Nullable KeyFile own) {
    public static final RolloutTrust NONE = new RolloutTrust(null, null);

    /** Why the order is not to be believed, in one sentence; empty where it is. */
    String doubt(String site, String id, byte[] token, Instant now) {
        if (own != null && isOwn(token, own, site)) {
            return "";
        }
        if (keys == null) {
            return own == null
                    ? "not verified: give --root and --repository"
                    : "not verified: it is not signed by this key; give --root and --repository";
        }
        try {
            Claims.verify(site, id, token, keys, now);
            return "";
        } catch (RefusedException e) {
            return "not verified: " + e.getMessage();
        }
    }

    private static boolean isOwn(byte[] token, KeyFile own, String site) {
        try {
            Signed.verify(
                    token, new CommandJwk(own.role(), own.key().publicHex(), List.of(Claims.VERB), List.of(site)));
            return true;
        } catch (RefusedException _) {
            return false;
        }
    }
}
