package dev.picket.agent.commands;

import java.time.Instant;

/**
 * What a verified token says of itself (RFC 7519); {@code verb} and {@code params} stand in the {@link Request}.
 *
 * @param keyId the key that signed it
 * @param audience {@code {site}/{gateway}} or {@code {site}/*}
 * @param id {@code jti}, remembered until {@code expiresAt}
 */
public record Claims(String keyId, String audience, Instant issuedAt, Instant expiresAt, String id) {
    /**
     * What names the order that a request is, over restarts; empty where nothing does. No {@code jti} can name an order of
     * a rollout or of somebody here.
     */
    static String idOf(Request request) {
        Claims claims = request.claims();
        return claims == null ? "" : "command/" + claims.id();
    }
}
