package dev.picket.inference.exam;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.BadArtefactException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One row of {@code exam.jsonl}: {@code {"text":"…","label":"ham","desk":{"label":"ham","probabilities":[…]}}}.
 *
 * @param text what is classified
 * @param label the truth
 * @param deskLabel what the desk answered
 * @param deskProbabilities one a label, in the task's order
 */
public record ExamRow(String text, String label, String deskLabel, List<Double> deskProbabilities) {
    private static final int MAX_LABELS = 256;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    public ExamRow {
        deskProbabilities = List.copyOf(deskProbabilities);
    }

    /**
     * Reads a whole exam.
     *
     * @param bytes of exam.jsonl
     * @param labels the task's, in order
     * @param maxRows the most rows accepted
     * @throws BadArtefactException naming the line at fault
     */
    public static List<ExamRow> parse(byte[] bytes, List<String> labels, int maxRows) throws BadArtefactException {
        List<ExamRow> rows = new ArrayList<>();
        int number = 0;
        for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            if (rows.size() == maxRows) {
                throw new BadArtefactException("exam.jsonl has more than " + maxRows + " rows.");
            }
            rows.add(row("exam.jsonl line " + number, line, labels));
        }
        return List.copyOf(rows);
    }

    private static ExamRow row(String where, String line, List<String> labels) throws BadArtefactException {
        JsonNode node;
        try {
            node = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new BadArtefactException(where + " is not JSON.", e);
        }
        JsonNode probabilities = node.path("desk").path("probabilities");
        if (!probabilities.isArray() || probabilities.size() != labels.size() || labels.size() > MAX_LABELS) {
            throw new BadArtefactException(where + ": desk.probabilities must be a list of " + labels.size()
                    + " numbers, one for each label.");
        }
        List<Double> desk = new ArrayList<>();
        for (JsonNode probability : probabilities) {
            double value = probability.isNumber() ? probability.doubleValue() : -1;
            if (!(value >= 0 && value <= 1)) {
                throw new BadArtefactException(where + ": desk.probabilities[" + desk.size() + "] is not in 0 to 1.");
            }
            desk.add(value);
        }
        JsonNode text = node.path("text");
        if (!text.isTextual()) {
            throw new BadArtefactException(where + ": text is missing.");
        }
        return new ExamRow(
                text.textValue(),
                label(where, "label", node.path("label"), labels),
                label(where, "desk.label", node.path("desk").path("label"), labels),
                desk);
    }

    private static String label(String where, String path, JsonNode node, List<String> labels)
            throws BadArtefactException {
        if (!node.isTextual() || !labels.contains(node.textValue())) {
            throw new BadArtefactException(where + ": " + path + " is not one of the task's labels.");
        }
        return node.textValue();
    }

    /** The bytes to write as exam.jsonl, one row a line. */
    public static byte[] write(List<ExamRow> rows) {
        StringBuilder out = new StringBuilder();
        for (ExamRow row : rows) {
            ObjectNode node = JSON.createObjectNode().put("text", row.text()).put("label", row.label());
            ObjectNode desk = node.putObject("desk").put("label", row.deskLabel());
            row.deskProbabilities().forEach(desk.putArray("probabilities")::add);
            out.append(node).append('\n');
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }
}
