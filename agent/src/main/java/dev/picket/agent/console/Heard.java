package dev.picket.agent.console;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message as it came from the broker.
 *
 * @param retained whether it was said before the console listened
 * @param properties user properties; of one name, the last
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared by nobody
public record Heard(
        String topic,
        byte[] payload,
        boolean retained,
        @Nullable String contentType,
        byte @Nullable [] correlation,
        Map<String, String> properties) {
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }
}
