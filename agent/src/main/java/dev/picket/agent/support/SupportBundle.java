package dev.picket.agent.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sections of facts in one JSON object, no larger than asked: the largest section loses half of its entries, oldest first
 * where they have an age, until all fit; one without entries is left out. What was cut stands under {@code cut}. A part
 * of the agent that is broken breaks its own section alone.
 */
public final class SupportBundle {
    private static final Logger LOG = LoggerFactory.getLogger(SupportBundle.class);
    private static final String CUT = "cut";
    /** Its entries are oldest first; others lose the last ones. */
    static final String LOG_SECTION = "log";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Map<String, Supplier<JsonNode>> sections = new LinkedHashMap<>();

    /** Adds a section; asked anew for each bundle. */
    public SupportBundle with(String name, Supplier<JsonNode> section) {
        sections.put(name, section);
        return this;
    }

    /** The bundle, of this many bytes at most. */
    public ObjectNode collect(long maxBytes) {
        ObjectNode bundle = JsonNodeFactory.instance.objectNode();
        sections.forEach((name, section) -> bundle.set(name, taken(name, section)));
        ObjectNode cut = bundle.putObject(CUT);
        while (size(bundle) > maxBytes && bundle.size() > 1) {
            shorten(bundle, cut, longest(bundle));
        }
        return bundle;
    }

    private static JsonNode taken(String name, Supplier<JsonNode> section) {
        try {
            return section.get();
        } catch (RuntimeException e) {
            LOG.warn("The section '{}' of the support bundle could not be made", name, e);
            return JsonNodeFactory.instance.objectNode().put("error", e.toString());
        }
    }

    private static void shorten(ObjectNode bundle, ObjectNode cut, String name) {
        JsonNode section = bundle.path(name);
        if (section instanceof ArrayNode entries && entries.size() > 1) {
            int before = cut.path(name).path("of").asInt(entries.size());
            int left = entries.size() / 2;
            while (entries.size() > left) {
                entries.remove(name.equals(LOG_SECTION) ? 0 : entries.size() - 1);
            }
            cut.putObject(name).put("left", left).put("of", before);
        } else {
            cut.putObject(name).put("left", 0).put("bytes", size(section));
            bundle.remove(name);
        }
    }

    private static String longest(ObjectNode bundle) {
        String longest = "";
        long most = -1;
        for (Map.Entry<String, JsonNode> each : bundle.properties()) {
            long bytes = size(each.getValue());
            if (!each.getKey().equals(CUT) && bytes > most) {
                most = bytes;
                longest = each.getKey();
            }
        }
        return longest;
    }

    private static long size(JsonNode node) {
        try {
            return JSON.writeValueAsBytes(node).length;
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
