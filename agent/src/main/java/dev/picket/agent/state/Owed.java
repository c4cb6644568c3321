package dev.picket.agent.state;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A reply that the broker has not acknowledged.
 *
 * @param job whose second reply it is; null: the first reply of a command
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared by nobody
public record Owed(CommandKey key, @Nullable String job, int status, byte[] reply, Instant expiresAt) {}
