package dev.picket.models.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.picket.inference.BadArtefactException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A row of a .jsonl file of labelled texts: {@code {"text": "...", "label": "ham", ...}}.
 *
 * @param label its place in the task's list
 */
public record LabelledText(String text, int label) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * Reads a file of rows.
     *
     * @param labels the task's, in order; a row with another label is refused
     * @param maxRows the most rows accepted
     */
    public static List<LabelledText> read(Path file, List<String> labels, int maxRows)
            throws IOException, BadArtefactException {
        List<LabelledText> rows = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (rows.size() == maxRows) {
                    throw new BadArtefactException(file + " has more than " + maxRows + " rows.");
                }
                rows.add(row(file + " line " + (rows.size() + 1), line, labels));
            }
        } catch (CharacterCodingException e) {
            throw new BadArtefactException(file + " is not UTF-8.", e);
        }
        if (rows.isEmpty()) {
            throw new BadArtefactException(file + " has no rows.");
        }
        return List.copyOf(rows);
    }

    private static LabelledText row(String where, String line, List<String> labels) throws BadArtefactException {
        JsonNode row;
        try {
            row = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new BadArtefactException(where + " is not JSON.", e);
        }
        int label = labels.indexOf(row.path("label").asText());
        if (!row.path("text").isTextual() || label < 0) {
            throw new BadArtefactException(where + " needs a text and one of the labels " + labels + ".");
        }
        return new LabelledText(row.path("text").textValue(), label);
    }
}
