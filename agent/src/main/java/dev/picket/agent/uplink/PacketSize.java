package dev.picket.agent.uplink;

import java.util.Map;

/**
 * How many bytes a message takes as a PUBLISH packet of MQTT 5 at QoS 1, as {@link PahoMessage} makes it; with a topic
 * alias beside the topic, since Paho adds one where the broker takes them.
 */
final class PacketSize {
    private static final int TYPE = 1;
    private static final int PACKET_ID = 2;
    private static final int TOPIC_ALIAS = 3;
    private static final int PAYLOAD_FORMAT = 2;
    private static final int EXPIRY = 5;

    private PacketSize() {}

    static long of(Message message) {
        long properties = PAYLOAD_FORMAT + TOPIC_ALIAS + 1 + string(Message.CONTENT_TYPE);
        if (message.expirySeconds() != null) {
            properties += EXPIRY;
        }
        if (message.correlation() != null) {
            properties += 1 + 2 + message.correlation().length;
        }
        for (Map.Entry<String, String> each : message.properties()) {
            properties += 1 + string(each.getKey()) + string(each.getValue());
        }
        long rest = string(message.topic()) + PACKET_ID + number(properties) + properties + message.payload().length;
        return TYPE + number(rest) + rest;
    }

    private static long string(String text) {
        long bytes = 2L + text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // A surrogate takes two of the four bytes of its pair.
            bytes += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        return bytes;
    }

    /** A Variable Byte Integer: seven bits to the byte. */
    private static int number(long value) {
        return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : 4;
    }
}
