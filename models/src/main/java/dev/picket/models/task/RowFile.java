package dev.picket.models.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.picket.inference.BadArtefactException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A .jsonl file of labelled texts, one JSON object a line, UTF-8; blank lines count as lines and as nothing else. Whatever is wrong with a
 * row is said in one sentence with the number of its line.
 */
public final class RowFile {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int MAX_SHOWN_LABELS = 12;

    private final Path file;
    private final Limits limits;

    public RowFile(Path file, Limits limits) {
        this.file = file;
        this.limits = limits;
    }

    /**
     * What is read at most.
     *
     * @param rows of one file
     * @param textCharacters of one text, in UTF-16 units; the gateway's own sources cut texts long before
     * @param allCharacters of all texts together, since they are held in memory
     */
    public record Limits(int rows, int textCharacters, long allCharacters) {
        public static final Limits DEFAULT = new Limits(1_000_000, 1 << 16, 128L << 20);

        public Limits withRows(int other) {
            return new Limits(other, textCharacters, allCharacters);
        }

        /** The longest line: each character of a text may be escaped, and a row may say more than its text. */
        int lineCharacters() {
            return 6 * textCharacters + (1 << 16);
        }
    }

    /**
     * The field that figures are split by.
     *
     * @param characters of its value that count, from the front: 7 of an ISO 8601 time are its month; 0 for all
     */
    public record GroupField(String name, int characters) {}

    /** What is made of a line. */
    private interface Take {
        void row(int line, JsonNode row) throws BadArtefactException;
    }

    /**
     * Reads all rows.
     *
     * @param labels the task's, in order; a row with another label is refused
     * @param group null where figures are not split
     */
    public List<LabelledText> read(List<String> labels, @Nullable GroupField group)
            throws IOException, BadArtefactException {
        List<LabelledText> rows = new ArrayList<>();
        long[] characters = {0};
        each((line, row) -> {
            String text = text(line, row);
            characters[0] += text.length();
            if (characters[0] > limits.allCharacters()) {
                throw fault(
                        line, "ends a file of more than " + limits.allCharacters() + " characters of text; give less");
            }
            rows.add(new LabelledText(
                    text, label(line, row, labels), line, group == null ? "" : value(line, row, group)));
        });
        return List.copyOf(rows);
    }

    /**
     * Reads rows whose labels do not count, with what an attacker or an accident made of them.
     *
     * @param only rows in which each of these fields has this value; all others are passed over
     */
    public List<AttackedText> attacked(Map<String, String> only) throws IOException, BadArtefactException {
        List<AttackedText> rows = new ArrayList<>();
        each((line, row) -> {
            for (Map.Entry<String, String> field : only.entrySet()) {
                if (!row.path(field.getKey()).asText().equals(field.getValue())) {
                    return;
                }
            }
            rows.add(new AttackedText(
                    text(line, row),
                    row.path("base_text").textValue(),
                    row.path("target").textValue(),
                    row.path("source").asText("")));
        });
        return List.copyOf(rows);
    }

    /** The labels that its rows have, sorted. */
    public List<String> labels() throws IOException, BadArtefactException {
        TreeSet<String> found = new TreeSet<>();
        each((line, row) -> {
            text(line, row);
            JsonNode label = row.path("label");
            if (!label.isTextual() || label.textValue().isBlank()) {
                throw fault(line, "has no label");
            }
            found.add(label.textValue());
        });
        return List.copyOf(found);
    }

    private void each(Take take) throws IOException, BadArtefactException {
        int rows = 0;
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = line(lines, 1); line != null; line = line(lines, number + 1)) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                if (++rows > limits.rows()) {
                    throw new BadArtefactException(file + " has more than " + limits.rows() + " rows.");
                }
                take.row(number, object(number, line));
            }
        } catch (CharacterCodingException e) {
            throw new BadArtefactException(file + " is not UTF-8, from line " + (number + 1) + " on.", e);
        }
        if (rows == 0) {
            throw new BadArtefactException(file + " has no rows.");
        }
    }

    /** Null at the end of the file. */
    private @Nullable String line(Reader in, int number) throws IOException, BadArtefactException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return line.isEmpty() ? null : line.toString();
            }
            if (line.length() == limits.lineCharacters()) {
                throw fault(number, "is longer than " + limits.lineCharacters() + " characters");
            }
            line.append((char) next);
        }
        return line.toString();
    }

    private JsonNode object(int line, String text) throws BadArtefactException {
        try {
            JsonNode row = JSON.readTree(text);
            if (row.isObject()) {
                return row;
            }
        } catch (JsonProcessingException e) {
            throw fault(line, "is not JSON", e);
        }
        throw fault(line, "is no JSON object");
    }

    private String text(int line, JsonNode row) throws BadArtefactException {
        JsonNode text = row.path("text");
        if (!text.isTextual()) {
            throw fault(line, "has no text");
        }
        if (text.textValue().length() > limits.textCharacters()) {
            throw fault(
                    line,
                    "has a text of " + text.textValue().length() + " characters, more than the limit of "
                            + limits.textCharacters());
        }
        return text.textValue();
    }

    private int label(int line, JsonNode row, List<String> labels) throws BadArtefactException {
        JsonNode label = row.path("label");
        int place = label.isValueNode() ? labels.indexOf(label.asText()) : -1;
        if (place < 0) {
            String shown = labels.size() <= MAX_SHOWN_LABELS
                    ? labels.toString()
                    : labels.subList(0, MAX_SHOWN_LABELS) + " and others";
            throw fault(
                    line,
                    (label.isMissingNode() ? "has no label" : "has the label " + label) + "; the task's are " + shown);
        }
        return place;
    }

    private String value(int line, JsonNode row, GroupField group) throws BadArtefactException {
        JsonNode value = row.path(group.name());
        if (!value.isValueNode() || value.isNull()) {
            throw fault(line, "has no field '" + group.name() + "' to split by");
        }
        String whole = value.asText();
        return group.characters() == 0 || whole.length() <= group.characters()
                ? whole
                : whole.substring(0, group.characters());
    }

    private BadArtefactException fault(int line, String what) {
        return new BadArtefactException(file + " line " + line + " " + what + ".");
    }

    private BadArtefactException fault(int line, String what, Throwable cause) {
        return new BadArtefactException(file + " line " + line + " " + what + ".", cause);
    }
}
