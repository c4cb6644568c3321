package dev.picket.agent.commands;

import dev.picket.ota.release.CommandJwk;

/**
 * What a key in force has signed: steps 1 to 4 of {@link Verification}, which hold for rollouts as well.
 *
 * @param payload what is signed; nothing in it has been looked at
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared by nobody
public record Signed(CommandJwk key, byte[] payload) {
    /** @throws RefusedException BAD_TOKEN, NO_KEYS, UNKNOWN_KEY or BAD_SIGNATURE */
    public static Signed verify(byte[] token, CommandKeys keys) throws RefusedException {
        Jws jws = Jws.parse(token);
        CommandJwk key = key(jws.keyId(), keys);
        if (!key.verifies(jws.signed(), jws.signature())) {
            throw new RefusedException(
                    Refusal.Reason.BAD_SIGNATURE,
                    401,
                    "The signature is not that of the key '%s'.".formatted(key.kid()));
        }
        return new Signed(key, jws.payload());
    }

    /** The same with one key that is at hand. */
    public static Signed verify(byte[] token, CommandJwk own) throws RefusedException {
        Jws jws = Jws.parse(token);
        if (!own.verifies(jws.signed(), jws.signature())) {
            throw new RefusedException(
                    Refusal.Reason.BAD_SIGNATURE,
                    401,
                    "The signature is not that of the key '%s'.".formatted(own.kid()));
        }
        return new Signed(own, jws.payload());
    }

    /** What stands in a token that was verified before it was saved. */
    public static byte[] payloadOf(byte[] token) throws RefusedException {
        return Jws.parse(token).payload();
    }

    private static CommandJwk key(String keyId, CommandKeys keys) throws RefusedException {
        String none = keys.none();
        if (!none.isEmpty()) {
            throw new RefusedException(Refusal.Reason.NO_KEYS, 503, none);
        }
        return keys.find(keyId)
                .orElseThrow(() -> new RefusedException(
                        Refusal.Reason.UNKNOWN_KEY,
                        401,
                        "The key '%s' is not among those that are published for commands.".formatted(keyId)));
    }
}
