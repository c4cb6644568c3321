package dev.picket.agent.uplink;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One publication, at QoS 1.
 *
 * @param payload JSON, as bytes; not copied, so not to be changed
 * @param expirySeconds the Message Expiry Interval; null: it stays until it is delivered
 * @param correlation the Correlation Data of a reply
 * @param properties user properties, in order
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared by nobody
public record Message(
        String topic,
        byte[] payload,
        boolean retained,
        @Nullable Long expirySeconds,
        byte @Nullable [] correlation,
        List<Map.Entry<String, String>> properties) {
    public static final String CONTENT_TYPE = "application/json";

    public static Message retained(String topic, byte[] payload) {
        return new Message(topic, payload, true, null, null, List.of());
    }
}
