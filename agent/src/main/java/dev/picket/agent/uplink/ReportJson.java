package dev.picket.agent.uplink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.Priority;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/** A {@link Report} as JSON: keys in a fixed order, so that equal reports are equal bytes. */
public final class ReportJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ReportJson() {}

    public static byte[] bytes(Report report) {
        ObjectNode json = JSON.createObjectNode()
                .put("agent", report.agent())
                .put("configDigest", report.configDigest())
                .put("set", report.set())
                .put("update", report.update())
                .put("judging", report.judging());
        priorities(json.putObject("queued"), report.queued());
        priorities(json.putObject("ackedThrough"), report.ackedThrough());
        ObjectNode drops = json.putObject("drops");
        new TreeMap<>(report.drops()).forEach(drops::put);
        json.put("lagMillis", report.lagMillis());
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void priorities(ObjectNode json, Map<Priority, Long> values) {
        new TreeMap<>(values).forEach((priority, value) -> json.put(priority.wireName(), value));
    }
}
