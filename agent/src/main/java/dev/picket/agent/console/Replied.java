package dev.picket.agent.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.Arrays;

/**
 * One reply of one gateway.
 *
 * @param gateway {@code site/name}; of an agent that does not say it, whom the request was for
 * @param status like HTTP's; 0 where the reply carries none
 */
@SuppressWarnings("ArrayRecordComponent") // compared by sameAs
public record Replied(String gateway, int status, byte[] payload) {
    private static final int ACCEPTED = 202;
    private static final ObjectMapper JSON = new ObjectMapper();

    public boolean isGood() {
        return status >= 200 && status < 300;
    }

    boolean isAccepted() {
        return status == ACCEPTED;
    }

    /** The payload; a missing node where it is no JSON. */
    public JsonNode body() {
        try {
            JsonNode read = JSON.readTree(payload);
            return read == null ? MissingNode.getInstance() : read;
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    /** Whether it is the same reply, delivered twice. */
    boolean sameAs(Replied other) {
        return gateway.equals(other.gateway) && status == other.status && Arrays.equals(payload, other.payload);
    }
}
