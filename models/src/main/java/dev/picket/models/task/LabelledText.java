package dev.picket.models.task;

import dev.picket.inference.BadArtefactException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A row of a .jsonl file of labelled texts: {@code {"text": "...", "label": "ham", ...}}.
 *
 * @param label its place in the task's list
 * @param line where it stands in its file, from 1; 0 for one that stands in none
 * @param group the value of the field that figures are split by; empty without one
 */
public record LabelledText(String text, int label, int line, String group) {
    /** One that stands in no file. */
    public LabelledText(String text, int label) {
        this(text, label, 0, "");
    }

    /**
     * Reads a file of rows.
     *
     * @param labels the task's, in order; a row with another label is refused
     * @param maxRows the most rows accepted
     */
    public static List<LabelledText> read(Path file, List<String> labels, int maxRows)
            throws IOException, BadArtefactException {
        return new RowFile(file, RowFile.Limits.DEFAULT.withRows(maxRows)).read(labels, null);
    }
}
