package dev.picket.ota.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object, read field by field; what is missing, of another type or out of bounds is refused as MALFORMED.
 *
 * @param where the document, and the path inside it, for messages
 */
public record Fields(String where, ObjectNode node) {
    private static final int MAX_TEXT = 65_536;

    public boolean has(String field) {
        return node.hasNonNull(field);
    }

    public String text(String field) throws RejectedException {
        return text(field, MAX_TEXT);
    }

    public String text(String field, int maxLength) throws RejectedException {
        return textOf(field, node.get(field), maxLength);
    }

    public Optional<String> optionalText(String field) throws RejectedException {
        return has(field) ? Optional.of(text(field)) : Optional.empty();
    }

    /** A whole number from {@code least} to {@code most}. */
    public long number(String field, long least, long most) throws RejectedException {
        JsonNode value = node.get(field);
        if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
            throw fault(field, "a whole number");
        }
        long number = value.longValue();
        if (number < least || number > most) {
            throw fault(field, "a whole number from " + least + " to " + most);
        }
        return number;
    }

    public boolean flag(String field) throws RejectedException {
        JsonNode value = node.get(field);
        if (value == null || !value.isBoolean()) {
            throw fault(field, "true or false");
        }
        return value.booleanValue();
    }

    /** A SHA-256 as 64 lower-case hex digits. */
    public String sha256(String field) throws RejectedException {
        String value = text(field, 64);
        if (!Hashes.isSha256(value)) {
            throw fault(field, "a SHA-256 in lower-case hex");
        }
        return value;
    }

    public Fields object(String field) throws RejectedException {
        if (!(node.get(field) instanceof ObjectNode object)) {
            throw fault(field, "an object");
        }
        return new Fields(where + "." + field, object);
    }

    /** The field's object, as its own fields each an object, in the document's order. */
    public Map<String, Fields> objectsByName(String field) throws RejectedException {
        Fields outer = object(field);
        Map<String, Fields> all = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each : outer.node.properties()) {
            all.put(each.getKey(), outer.object(each.getKey()));
        }
        return all;
    }

    /** The field's object, as texts by name. */
    public Map<String, String> textsByName(String field) throws RejectedException {
        Fields outer = object(field);
        Map<String, String> all = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each : outer.node.properties()) {
            all.put(each.getKey(), outer.text(each.getKey()));
        }
        return all;
    }

    public List<Fields> objects(String field, int most) throws RejectedException {
        List<Fields> all = new ArrayList<>();
        int i = 0;
        for (JsonNode each : array(field, most)) {
            if (!(each instanceof ObjectNode object)) {
                throw fault(field, "a list of objects");
            }
            all.add(new Fields(where + "." + field + "[" + i++ + "]", object));
        }
        return all;
    }

    public List<String> texts(String field, int most) throws RejectedException {
        List<String> all = new ArrayList<>();
        for (JsonNode each : array(field, most)) {
            all.add(textOf(field, each, MAX_TEXT));
        }
        return all;
    }

    /** Refuses a field of another name. */
    public void requireOnly(Set<String> known) throws RejectedException {
        for (Map.Entry<String, JsonNode> each : node.properties()) {
            if (!known.contains(each.getKey())) {
                throw new RejectedException(
                        Reason.MALFORMED, where + " has the field '" + each.getKey() + "', which is not known here.");
            }
        }
    }

    /** A refusal that names the field and what it must be. */
    public RejectedException fault(String field, String mustBe) {
        return new RejectedException(Reason.MALFORMED, where + "." + field + " must be " + mustBe + ".");
    }

    private JsonNode array(String field, int most) throws RejectedException {
        JsonNode value = node.get(field);
        if (value == null || !value.isArray()) {
            throw fault(field, "a list");
        }
        if (value.size() > most) {
            throw fault(field, "a list of at most " + most + ", and has " + value.size());
        }
        return value;
    }

    private String textOf(String field, @Nullable JsonNode value, int maxLength) throws RejectedException {
        if (value == null || !value.isTextual()) {
            throw fault(field, "a text");
        }
        String text = value.textValue();
        if (text.length() > maxLength) {
            throw fault(field, "at most " + maxLength + " characters long");
        }
        return text;
    }
}
