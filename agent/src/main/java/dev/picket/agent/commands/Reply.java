package dev.picket.agent.commands;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;

/**
 * The answer to a command.
 *
 * @param status like HTTP's; travels as the user property {@code status}
 * @param payload one JSON object
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared by nobody
public record Reply(int status, byte[] payload) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static Reply of(int status, JsonNode body) {
        try {
            return new Reply(status, JSON.writeValueAsBytes(body));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An answer that says in one sentence why there is no result. */
    public static Reply error(int status, String sentence) {
        return of(status, JSON.createObjectNode().put("error", sentence));
    }
}
