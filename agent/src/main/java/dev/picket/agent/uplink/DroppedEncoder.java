package dev.picket.agent.uplink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.journal.Gap;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/**
 * Makes the event of one gap, a CloudEvent as {@link EventEncoder} makes them, on the topic {@code dropped}. It expires
 * nowhere: what explains a loss is itself never dropped.
 *
 * <pre>
 *   payload  {"epoch","priority","from","to","reason"[,"keeping":k]}    k: from..to but for the seqs that k divides
 * </pre>
 */
public final class DroppedEncoder {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Topics topics;
    private final Clock clock;

    public DroppedEncoder(Topics topics, Clock clock) {
        this.topics = topics;
        this.clock = clock;
    }

    Message encode(Gap gap) {
        String priority = gap.priority().wireName();
        ObjectNode payload = JSON.createObjectNode()
                .put("epoch", gap.epoch())
                .put("priority", priority)
                .put("from", gap.from())
                .put("to", gap.to())
                .put("reason", gap.reason());
        if (gap.keeping() != null) {
            payload.put("keeping", gap.keeping());
        }
        List<Map.Entry<String, String>> attributes = List.of(
                Map.entry("specversion", "1.0"),
                Map.entry("id", gap.id()),
                Map.entry("source", EventEncoder.uriReference(topics.root())),
                Map.entry("type", "dev.picket.dropped.v1"),
                Map.entry("time", clock.instant().toString()),
                Map.entry("subject", priority + "/" + gap.from() + ".." + gap.to()),
                Map.entry("epoch", gap.epoch()),
                Map.entry("priority", priority));
        try {
            return new Message(topics.dropped(), JSON.writeValueAsBytes(payload), false, null, null, attributes);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
