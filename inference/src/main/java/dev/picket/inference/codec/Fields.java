package dev.picket.inference.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.picket.inference.BadArtefactException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object being taken apart, key by key. Every fault names the file and the path in it; a key that nobody asked
 * for is a fault as well, so that a misspelt gate is never a missing gate.
 */
final class Fields {
    private static final int DEPTH = 32;
    private static final int NUMBER_CHARACTERS = 64;

    private final String where;
    private final JsonNode node;
    private final Set<String> asked = new HashSet<>();

    private Fields(String where, JsonNode node) throws BadArtefactException {
        if (!node.isObject()) {
            throw new BadArtefactException(where + " must be an object but is " + kind(node) + ".");
        }
        this.where = where;
        this.node = node;
    }

    /** Parses a whole file: one object, no key twice, nothing after it. */
    static Fields parse(String file, byte[] bytes, int maxBytes) throws BadArtefactException {
        if (bytes.length > maxBytes) {
            throw new BadArtefactException(
                    file + " has " + bytes.length + " bytes, more than the limit of " + maxBytes + ".");
        }
        try {
            return new Fields(file + ": $", mapper(maxBytes).readTree(bytes));
        } catch (JsonProcessingException e) {
            throw new BadArtefactException(file + " is not JSON: " + firstLine(e.getOriginalMessage()) + ".", e);
        } catch (IOException e) {
            throw new BadArtefactException(file + " is not UTF-8 JSON: " + firstLine(e.getMessage()) + ".", e);
        }
    }

    private static JsonMapper mapper(int maxBytes) {
        JsonMapper mapper = JsonMapper.builder()
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
        mapper.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEPTH)
                        .maxNumberLength(NUMBER_CHARACTERS)
                        .maxStringLength(maxBytes)
                        .maxNameLength(maxBytes)
                        .build());
        return mapper;
    }

    /** The keys as they stand, for objects whose keys are names of somebody's choosing. */
    List<String> keys() {
        List<String> keys = new ArrayList<>();
        node.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    /** Whether the key is there and not null. */
    boolean has(String key) {
        asked.add(key);
        return node.hasNonNull(key);
    }

    Fields object(String key) throws BadArtefactException {
        return new Fields(path(key), required(key));
    }

    @Nullable
    Fields objectOrNull(String key) throws BadArtefactException {
        return has(key) ? object(key) : null;
    }

    /** The object as it stands, unchecked inside. */
    JsonNode free(String key) throws BadArtefactException {
        JsonNode value = required(key);
        if (!value.isObject()) {
            throw fault(key, "must be an object but is " + kind(value));
        }
        return value;
    }

    String text(String key, int maxCharacters) throws BadArtefactException {
        return text(key, required(key), maxCharacters);
    }

    /** A text that must satisfy a rule, told as {@code must be …}. */
    String text(String key, int maxCharacters, Predicate<String> rule, String must) throws BadArtefactException {
        String value = text(key, maxCharacters);
        if (!rule.test(value)) {
            throw fault(key, "must be " + must);
        }
        return value;
    }

    List<String> texts(String key, int maxCount, int maxCharacters) throws BadArtefactException {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : elements(key, maxCount)) {
            texts.add(text(key + "[" + texts.size() + "]", element, maxCharacters));
        }
        return texts;
    }

    long whole(String key, long min, long max) throws BadArtefactException {
        return whole(key, required(key), min, max);
    }

    List<Long> wholes(String key, int maxCount, long min, long max) throws BadArtefactException {
        List<Long> numbers = new ArrayList<>();
        for (JsonNode element : elements(key, maxCount)) {
            numbers.add(whole(key + "[" + numbers.size() + "]", element, min, max));
        }
        return numbers;
    }

    int integer(String key, int min, int max) throws BadArtefactException {
        return Math.toIntExact(whole(key, min, max));
    }

    List<Integer> integers(String key, int maxCount, int min, int max) throws BadArtefactException {
        List<Integer> numbers = new ArrayList<>();
        for (JsonNode element : elements(key, maxCount)) {
            numbers.add(Math.toIntExact(whole(key + "[" + numbers.size() + "]", element, min, max)));
        }
        return numbers;
    }

    double number(String key, double min, double max) throws BadArtefactException {
        return number(key, required(key), min, max);
    }

    List<Double> numbers(String key, int maxCount, double min, double max) throws BadArtefactException {
        List<Double> numbers = new ArrayList<>();
        for (JsonNode element : elements(key, maxCount)) {
            numbers.add(number(key + "[" + numbers.size() + "]", element, min, max));
        }
        return numbers;
    }

    boolean truth(String key) throws BadArtefactException {
        JsonNode value = required(key);
        if (!value.isBoolean()) {
            throw fault(key, "must be true or false but is " + kind(value));
        }
        return value.booleanValue();
    }

    List<Fields> objects(String key, int maxCount) throws BadArtefactException {
        List<Fields> objects = new ArrayList<>();
        for (JsonNode element : elements(key, maxCount)) {
            objects.add(new Fields(path(key) + "[" + objects.size() + "]", element));
        }
        return objects;
    }

    /** An object whose keys are names of somebody's choosing. */
    Map<String, Fields> named(String key, int maxCount) throws BadArtefactException {
        JsonNode value = free(key);
        if (value.size() > maxCount) {
            throw fault(key, "has " + value.size() + " keys, more than " + maxCount);
        }
        Map<String, Fields> named = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            named.put(entry.getKey(), new Fields(path(key) + "." + entry.getKey(), entry.getValue()));
        }
        return named;
    }

    /** Ends the taking apart: whatever key was not asked for is a fault. */
    void end() throws BadArtefactException {
        Set<String> unknown = new TreeSet<>();
        node.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(asked);
        if (!unknown.isEmpty()) {
            throw new BadArtefactException(
                    where + " has the unknown key '" + shown(unknown.iterator().next()) + "'.");
        }
    }

    BadArtefactException fault(String key, String what) {
        return new BadArtefactException(path(key) + " " + what + ".");
    }

    private JsonNode required(String key) throws BadArtefactException {
        asked.add(key);
        JsonNode value = node.get(key);
        if (value == null || value.isNull()) {
            throw fault(key, "is missing");
        }
        return value;
    }

    private List<JsonNode> elements(String key, int maxCount) throws BadArtefactException {
        JsonNode value = required(key);
        if (!value.isArray()) {
            throw fault(key, "must be a list but is " + kind(value));
        }
        if (value.size() > maxCount) {
            throw fault(key, "has " + value.size() + " elements, more than " + maxCount);
        }
        List<JsonNode> elements = new ArrayList<>();
        value.forEach(elements::add);
        return elements;
    }

    private String text(String key, JsonNode value, int maxCharacters) throws BadArtefactException {
        if (!value.isTextual()) {
            throw fault(key, "must be a text but is " + kind(value));
        }
        if (value.textValue().length() > maxCharacters) {
            throw fault(key, "has " + value.textValue().length() + " characters, more than " + maxCharacters);
        }
        return value.textValue();
    }

    private long whole(String key, JsonNode value, long min, long max) throws BadArtefactException {
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw fault(key, "must be a whole number but is " + kind(value));
        }
        if (value.longValue() < min || value.longValue() > max) {
            throw fault(key, "is " + value.longValue() + ", outside " + min + " to " + max);
        }
        return value.longValue();
    }

    private double number(String key, JsonNode value, double min, double max) throws BadArtefactException {
        if (!value.isNumber()) {
            throw fault(key, "must be a number but is " + kind(value));
        }
        double number = value.doubleValue();
        if (!(number >= min && number <= max)) {
            throw fault(key, "is " + number + ", outside " + min + " to " + max);
        }
        return number;
    }

    private String path(String key) {
        return where + "." + key;
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case STRING -> "a text";
            case NUMBER -> "the number " + shown(node.asText());
            case BOOLEAN -> node.asText();
            case NULL -> "null";
            case BINARY, POJO, MISSING -> "nothing";
        };
    }

    private static String shown(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }

    private static String firstLine(@Nullable String message) {
        return message == null
                ? "no more is known"
                : shown(message.lines().findFirst().orElse(""));
    }
}
