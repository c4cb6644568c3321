package dev.picket.agent.uplink;

import org.jspecify.annotations.Nullable;

/**
 * One message from the broker, held unacknowledged until {@link BrokerConnection#acknowledge} is called with it.
 *
 * @param connection the one it came on, and the only one that can acknowledge it
 * @param packetId the MQTT packet identifier, 0 at QoS 0
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared by nobody
public record Incoming(
        BrokerConnection connection,
        String topic,
        byte[] payload,
        int packetId,
        int qos,
        @Nullable String responseTopic,
        byte @Nullable [] correlation,
        @Nullable Long expirySeconds) {
    /** The same, as it came on a connection that stands around the one it came on. */
    Incoming on(BrokerConnection other) {
        return new Incoming(other, topic, payload, packetId, qos, responseTopic, correlation, expirySeconds);
    }
}
