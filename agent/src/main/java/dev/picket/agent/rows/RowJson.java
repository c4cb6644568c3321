package dev.picket.agent.rows;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.journal.Verdict;
import java.util.List;

/** One row as JSON; each key is there in each row, null where the row has nothing. */
public final class RowJson {
    /** The keys in their order, but {@code probabilities}, which is an object and stands last but one. */
    public static final List<String> COLUMNS = List.of(
            "id",
            "at",
            "writtenAt",
            "source",
            "reading",
            "task",
            "decision",
            "label",
            "confidence",
            "priority",
            "seq",
            "base",
            "taskDigest",
            "cut",
            "stage",
            "cached",
            "latencyMicros",
            "probabilities",
            "text");

    private static final ObjectMapper JSON = new ObjectMapper();

    private RowJson() {}

    static ObjectNode of(PendingVerdict row) {
        Verdict verdict = row.verdict();
        ObjectNode json = JSON.createObjectNode()
                .put("id", row.id())
                .put("at", verdict.at().toString())
                .put("writtenAt", row.writtenAt().toString())
                .put("source", verdict.source())
                .put("reading", verdict.readingId())
                .put("task", verdict.task())
                .put("decision", verdict.decision().wireName())
                .put("label", verdict.label())
                .put("confidence", verdict.label() == null ? null : verdict.confidence())
                .put("priority", row.priority().wireName())
                .put("seq", row.seq())
                .put("base", verdict.baseDigest())
                .put("taskDigest", verdict.taskDigest())
                .put("cut", verdict.cut())
                .put("stage", verdict.stage().wireName())
                .put("cached", verdict.cached())
                .put("latencyMicros", verdict.latencyNanos() / 1_000);
        ObjectNode probabilities = json.putObject("probabilities");
        for (int i = 0; i < verdict.probabilities().size(); i++) {
            probabilities.put(verdict.labels().get(i), verdict.probabilities().get(i));
        }
        return json.put("text", verdict.text());
    }
}
