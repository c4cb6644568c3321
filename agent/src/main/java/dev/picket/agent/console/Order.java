package dev.picket.agent.console;

/**
 * One request to a gateway, or to all of a site; sent again it is the same request.
 *
 * @param payload empty, or a JWS
 * @param responseTopic where the replies go
 * @param correlation what the replies carry
 * @param expirySeconds how long it is of use
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared by nobody
public record Order(String topic, byte[] payload, String responseTopic, byte[] correlation, long expirySeconds) {}
