package dev.picket.ota.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** JSON from outside: one object, no key twice, nothing after it, nested at most 32 deep. */
public final class StrictJson {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_NUMBER_LENGTH = 32;
    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_NUMBER_LENGTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StrictJson() {}

    /**
     * Parses one object.
     *
     * @param what names the document in messages
     * @throws RejectedException MALFORMED when the bytes are not one JSON object
     */
    public static Fields parse(String what, byte[] bytes) throws RejectedException {
        JsonNode node;
        try {
            node = MAPPER.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new RejectedException(Reason.MALFORMED, what + " is not JSON: " + e.getOriginalMessage() + ".");
        } catch (IOException e) {
            throw new RejectedException(Reason.MALFORMED, what + " is not JSON: " + e.getMessage() + ".");
        }
        if (!(node instanceof ObjectNode object)) {
            throw new RejectedException(Reason.MALFORMED, what + " is not a JSON object.");
        }
        return new Fields(what, object);
    }

    /** An empty object to fill. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** The object as people read it: indented, a line feed at the end. */
    public static byte[] pretty(ObjectNode object) {
        try {
            byte[] bytes = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(object);
            byte[] line = Arrays.copyOf(bytes, bytes.length + 1);
            line[bytes.length] = '\n';
            return line;
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
