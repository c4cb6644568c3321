package dev.picket.agent.journal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A text that somebody pushed to the gateway.
 *
 * @param messageId the sender's own id of it, at most {@link Inbox#MAX_ID_CHARS} long; null: it has none, and is taken
 *     each time that it comes
 * @param at when it was received, or the instant that it carries itself
 * @param cut whether it was longer than the source's limit
 */
public record PushedReading(@Nullable String messageId, Instant at, String text, boolean cut) {}
