package dev.picket.agent.state;

import java.time.Instant;

/**
 * What makes a signed command one that is taken once.
 *
 * @param keyId the key that signed it
 * @param id its {@code jti}
 */
public record Token(String keyId, String id, Instant expiresAt) {}
