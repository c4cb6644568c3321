package dev.picket.agent.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.picket.agent.uplink.Topics;
import java.io.IOException;
import java.util.Locale;

/**
 * What one message tells of a gateway.
 *
 * @param gateway {@code site/name}
 * @param body the payload; a missing node where it is no JSON
 */
public record Sighting(String gateway, Kind kind, Heard heard, JsonNode body) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int KIND_AT = 4;

    /** By the topic's word after the gateway. */
    public enum Kind {
        VERDICT,
        ESCALATION,
        DROPPED,
        STATUS,
        REPORT,
        /** What a later agent may say. */
        OTHER;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static Sighting of(Heard heard) {
        String[] parts = heard.topic().split("/", -1);
        boolean ours = parts.length > KIND_AT && heard.topic().startsWith(Topics.ROOT);
        return new Sighting(
                ours ? parts[2] + "/" + parts[3] : heard.topic(),
                ours ? kind(parts[KIND_AT]) : Kind.OTHER,
                heard,
                json(heard.payload()));
    }

    /** A user property, such as a CloudEvents attribute; empty where there is none. */
    public String attribute(String name) {
        return heard.properties().getOrDefault(name, "");
    }

    private static Kind kind(String word) {
        return switch (word) {
            case "verdict" -> Kind.VERDICT;
            case "escalation" -> Kind.ESCALATION;
            case "dropped" -> Kind.DROPPED;
            case "status" -> Kind.STATUS;
            case "report" -> Kind.REPORT;
            default -> Kind.OTHER;
        };
    }

    private static JsonNode json(byte[] payload) {
        try {
            JsonNode read = JSON.readTree(payload);
            return read == null ? MissingNode.getInstance() : read;
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }
}
