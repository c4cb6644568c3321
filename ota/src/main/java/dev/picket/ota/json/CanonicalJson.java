package dev.picket.ota.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The bytes that TUF signs: OLPC canonical JSON. Keys sorted by code point, no spaces, whole numbers only, in strings
 * only {@code "} and {@code \} escaped, UTF-8.
 */
public final class CanonicalJson {
    private static final Comparator<Map.Entry<String, JsonNode>> BY_CODE_POINT =
            Map.Entry.comparingByKey(CanonicalJson::compareCodePoints);

    private CanonicalJson() {}

    /**
     * Encodes a value.
     *
     * @throws RejectedException MALFORMED when the value holds a fraction or half a surrogate pair, which have no
     *     canonical form
     */
    public static byte[] encode(JsonNode value) throws RejectedException {
        StringBuilder out = new StringBuilder();
        append(out, value);
        try {
            // Strictly: a replacement for what has no bytes would let two documents share one signature.
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(out));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException _) {
            throw new RejectedException(Reason.MALFORMED, "Canonical JSON has no half surrogate pairs, and found one.");
        }
    }

    private static void append(StringBuilder out, JsonNode value) throws RejectedException {
        switch (value.getNodeType()) {
            case OBJECT -> appendObject(out, value);
            case ARRAY -> {
                out.append('[');
                for (int i = 0; i < value.size(); i++) {
                    out.append(i == 0 ? "" : ",");
                    append(out, value.get(i));
                }
                out.append(']');
            }
            case STRING -> appendText(out, value.textValue());
            case BOOLEAN, NULL -> out.append(value.asText());
            case NUMBER -> {
                if (!value.isIntegralNumber()) {
                    throw new RejectedException(
                            Reason.MALFORMED, "Canonical JSON has no fractions, and found " + value + ".");
                }
                out.append(value.bigIntegerValue());
            }
            case BINARY, MISSING, POJO -> throw new IllegalArgumentException("Not of JSON: " + value.getNodeType());
        }
    }

    private static void appendObject(StringBuilder out, JsonNode object) throws RejectedException {
        List<Map.Entry<String, JsonNode>> fields = new ArrayList<>(object.properties());
        fields.sort(BY_CODE_POINT);
        out.append('{');
        String between = "";
        for (Map.Entry<String, JsonNode> field : fields) {
            out.append(between);
            appendText(out, field.getKey());
            out.append(':');
            append(out, field.getValue());
            between = ",";
        }
        out.append('}');
    }

    private static void appendText(StringBuilder out, String text) {
        out.append('"').append(text.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
    }

    private static int compareCodePoints(String a, String b) {
        int[] left = a.codePoints().toArray();
        int[] right = b.codePoints().toArray();
        return Arrays.compare(left, right);
    }
}
