package dev.picket.agent.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.journal.Inbox;
import dev.picket.agent.journal.PushedReading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The readings in a request: the rules of its forms, without any I/O.
 *
 * <pre>
 * text/plain                         one text; its id from Idempotency-Key, or from ce-id and ce-source (CloudEvents, binary mode)
 * application/json                   {"text":…[,"id":…][,"time":…]}, or an array of such
 * application/cloudevents+json       a CloudEvent in structured mode; -batch+json: an array of them
 * </pre>
 *
 * The data of a CloudEvent is a string, or an object with {@code text}. Its identity is its source and id together, as
 * CloudEvents 1.0 has it. Where a request has an Idempotency-Key and its readings no ids, theirs are the key and their place.
 */
final class PushedBody {
    static final int MAX_READINGS = 1_000;

    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Function<String, @Nullable String> header;
    private final int maxTextBytes;
    private final Instant now;

    /**
     * @param header a header's value by its name
     * @param maxTextBytes a longer text is cut there and marked
     * @param now when the request came
     */
    PushedBody(Function<String, @Nullable String> header, int maxTextBytes, Instant now) {
        this.header = header;
        this.maxTextBytes = maxTextBytes;
        this.now = now;
    }

    /**
     * @param mediaType without parameters, in lower case
     * @throws MalformedException with a sentence that says what to send instead
     */
    List<PushedReading> readings(String mediaType, byte[] body) throws MalformedException {
        return switch (mediaType) {
            case "text/plain" -> List.of(plain(new String(body, StandardCharsets.UTF_8)));
            case "application/json" -> each(json(body), this::reading);
            case "application/cloudevents+json", "application/cloudevents-batch+json" -> each(json(body), this::event);
            default ->
                throw new MalformedException(
                        415,
                        "the content type '" + mediaType
                                + "' is not known; send text/plain, application/json or application/cloudevents+json");
        };
    }

    private PushedReading plain(String text) throws MalformedException {
        String id = header.apply("ce-id");
        if (id == null) {
            return pushed(header.apply("Idempotency-Key"), now, text);
        }
        String source = header.apply("ce-source");
        if (source == null || !"1.0".equals(header.apply("ce-specversion")) || header.apply("ce-type") == null) {
            throw new MalformedException(
                    400,
                    "a CloudEvent in binary mode has the headers ce-specversion (1.0), ce-id, ce-source and ce-type");
        }
        return pushed(eventId(source, id), time(header.apply("ce-time")), text);
    }

    /** Reads one element of the body; {@code unnamed} is the id that it has where it names none. */
    @FunctionalInterface
    private interface Element {
        PushedReading read(JsonNode node, @Nullable String unnamed) throws MalformedException;
    }

    private List<PushedReading> each(JsonNode body, Element element) throws MalformedException {
        String key = header.apply("Idempotency-Key");
        if (!body.isArray()) {
            return List.of(element.read(body, key));
        }
        if (body.isEmpty() || body.size() > MAX_READINGS) {
            throw new MalformedException(
                    400, "the array has " + body.size() + " readings; send 1 to " + MAX_READINGS + " in a request");
        }
        List<PushedReading> readings = new ArrayList<>(body.size());
        for (JsonNode node : body) {
            readings.add(element.read(node, key == null ? null : key + "/" + readings.size()));
        }
        return readings;
    }

    private PushedReading reading(JsonNode node, @Nullable String unnamed) throws MalformedException {
        String text = string(node, "text");
        if (text == null) {
            throw new MalformedException(400, "a reading is an object with a 'text', and maybe an 'id' and a 'time'");
        }
        String id = string(node, "id");
        return pushed(id == null ? unnamed : id, time(string(node, "time")), text);
    }

    private PushedReading event(JsonNode node, @Nullable String unnamed) throws MalformedException {
        String id = string(node, "id");
        String source = string(node, "source");
        if (id == null
                || source == null
                || string(node, "type") == null
                || !"1.0".equals(string(node, "specversion"))) {
            throw new MalformedException(400, "a CloudEvent has specversion (1.0), id, source and type");
        }
        JsonNode data = node.path("data");
        String text = data.isTextual() ? data.textValue() : string(data, "text");
        if (text == null) {
            throw new MalformedException(400, "the event's data must be a text, or an object with a 'text'");
        }
        return pushed(eventId(source, id), time(string(node, "time")), text);
    }

    private PushedReading pushed(@Nullable String id, Instant at, String text) throws MalformedException {
        if (id != null
                && (id.isEmpty()
                        || id.length() > Inbox.MAX_ID_CHARS
                        || id.chars().anyMatch(c -> c < ' '))) {
            throw new MalformedException(
                    400, "an id has 1 to " + Inbox.MAX_ID_CHARS + " characters, and no control characters");
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length <= maxTextBytes
                ? new PushedReading(id, at, text, false)
                : new PushedReading(id, at, beginning(bytes), true);
    }

    /** Not in the middle of a character. */
    private String beginning(byte[] utf8) {
        int end = maxTextBytes;
        while (end > 0 && (utf8[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(utf8, 0, end, StandardCharsets.UTF_8);
    }

    private Instant time(@Nullable String given) throws MalformedException {
        if (given == null) {
            return now;
        }
        try {
            Instant at = OffsetDateTime.parse(given).toInstant();
            if (at.isAfter(Instant.EPOCH) && at.isBefore(LATEST)) {
                return at;
            }
        } catch (DateTimeParseException e) {
            // Said below, as of one that no clock shows.
        }
        throw new MalformedException(
                400,
                "the time '" + shortened(given) + "' is not like 2026-11-21T10:00:00Z, after 1970 and before 2200");
    }

    private static JsonNode json(byte[] body) throws MalformedException {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            throw new MalformedException(400, "the body is no JSON");
        }
    }

    private static @Nullable String string(JsonNode node, String name) {
        return node.path(name).isTextual() ? node.path(name).textValue() : null;
    }

    /** A space stands in no URI, so two events never share it. */
    private static String eventId(String source, String id) {
        return source + " " + id;
    }

    private static String shortened(String given) {
        return given.length() <= 40 ? given : given.substring(0, 40) + "…";
    }
}
