package dev.picket.agent.commands;

import java.util.Locale;

/**
 * Why a command is not run.
 *
 * @param reason counted by
 * @param status like HTTP's
 * @param sentence what the console is told
 */
public record Refusal(Reason reason, int status, String sentence) {
    /** What refusals are counted by. */
    public enum Reason {
        NOWHERE_TO_REPLY,
        NO_CORRELATION,
        NO_EXPIRY,
        TOO_LARGE,
        UNKNOWN_VERB,
        BAD_JSON,
        BAD_TOKEN,
        NO_KEYS,
        UNKNOWN_KEY,
        BAD_SIGNATURE,
        BAD_CLAIMS,
        VERB_DIFFERS,
        WRONG_AUDIENCE,
        KEY_NOT_ALLOWED,
        ISSUED_AHEAD,
        EXPIRED,
        FORGOTTEN,
        REPLAYED,
        NO_ROOM,
        BUSY,
        UNAVAILABLE;

        /** The name in metrics: lower case with hyphens. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    Reply reply() {
        return Reply.error(status, sentence);
    }
}
