package dev.picket.ota.update;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was measured of one thing, by name, in the order of measuring. Numbers that are none are left out: JSON has no NaN.
 *
 * @param of the task; empty for the Set as a whole
 * @param values at most 32
 */
public record Figures(String of, Map<String, Double> values) {
    private static final int MAX_VALUES = 32;
    /** Of a figure, after the point: more says nothing, and would make each report a new one. */
    private static final double PRECISION = 10_000;

    public Figures {
        Map<String, Double> finite = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (Double.isFinite(value) && finite.size() < MAX_VALUES) {
                finite.put(name, Math.round(value * PRECISION) / PRECISION);
            }
        });
        values = Collections.unmodifiableMap(finite);
    }

    static Map<String, Double> parseValues(Fields values) throws RejectedException {
        Map<String, Double> all = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each : values.node().properties()) {
            if (!each.getValue().isNumber()) {
                throw values.fault(each.getKey(), "a number");
            }
            all.put(each.getKey(), each.getValue().doubleValue());
        }
        return all;
    }

    static ObjectNode toJson(Map<String, Double> values) {
        ObjectNode json = StrictJson.object();
        values.forEach(json::put);
        return json;
    }
}
