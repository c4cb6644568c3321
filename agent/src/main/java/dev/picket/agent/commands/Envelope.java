package dev.picket.agent.commands;

import dev.picket.agent.state.CommandKey;
import dev.picket.agent.uplink.Incoming;
import dev.picket.agent.uplink.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/** What is wrong or right about the outside of a command: the rules, without any I/O. */
sealed interface Envelope {
    int MAX_CORRELATION_BYTES = 256;
    int MAX_TOPIC_BYTES = 512;
    int MAX_VERB_CHARS = 32;
    /** Replies are kept no longer than the longest life of a signed command. */
    Duration LONGEST_LIFE = Duration.ofDays(7);

    /** Right on the outside. */
    @SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared by nobody
    record Fit(CommandKey key, String verb, byte[] payload, Instant expiresAt) implements Envelope {}

    /** To be answered with this, and not run. */
    record Faulty(Refusal refusal) implements Envelope {}

    /** Not even to be answered. */
    record NowhereToReply(String why) implements Envelope {}

    static Envelope of(Incoming message, Topics topics, long maxBytes, Instant now) {
        String replyTo = message.responseTopic();
        if (replyTo == null) {
            return new NowhereToReply("it has no Response Topic");
        }
        if (!replyTo.startsWith(Topics.REPLY_PREFIX)
                || replyTo.length() == Topics.REPLY_PREFIX.length()
                || replyTo.getBytes(StandardCharsets.UTF_8).length > MAX_TOPIC_BYTES
                || replyTo.chars().anyMatch(c -> c == '+' || c == '#' || Character.isISOControl(c))) {
            return new NowhereToReply(
                    "its Response Topic does not start with %s, or is no topic".formatted(Topics.REPLY_PREFIX));
        }
        byte[] correlation = message.correlation();
        if (correlation == null || correlation.length == 0 || correlation.length > MAX_CORRELATION_BYTES) {
            return faulty(
                    Refusal.Reason.NO_CORRELATION,
                    400,
                    "A command needs Correlation Data of 1 to %d bytes.".formatted(MAX_CORRELATION_BYTES));
        }
        Long expiry = message.expirySeconds();
        if (expiry == null || expiry <= 0) {
            return faulty(Refusal.Reason.NO_EXPIRY, 400, "A command needs a Message Expiry Interval above 0 seconds.");
        }
        if (message.payload().length > maxBytes) {
            return faulty(
                    Refusal.Reason.TOO_LARGE,
                    413,
                    "The payload is %d bytes long; the limit is %d.".formatted(message.payload().length, maxBytes));
        }
        String verb = topics.verb(message.topic());
        if (verb.length() > MAX_VERB_CHARS) {
            return faulty(
                    Refusal.Reason.UNKNOWN_VERB,
                    404,
                    "No verb is longer than %d characters.".formatted(MAX_VERB_CHARS));
        }
        Instant expiresAt = now.plusSeconds(Math.min(expiry, LONGEST_LIFE.toSeconds()));
        return new Fit(new CommandKey(replyTo, correlation), verb, message.payload(), expiresAt);
    }

    private static Faulty faulty(Refusal.Reason reason, int status, String sentence) {
        return new Faulty(new Refusal(reason, status, sentence));
    }
}
