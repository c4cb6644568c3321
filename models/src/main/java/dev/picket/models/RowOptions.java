package dev.picket.models;

import dev.picket.inference.BadArtefactException;
import dev.picket.models.task.LabelledText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A base, and the labelled texts that a task on it is asked. */
final class RowOptions {
    private static final int MAX_ROWS = 1_000_000;

    @Option(names = "--base", required = true, paramLabel = "BASE_DIR", description = "The base it is for.")
    private @Nullable Path base;

    @Option(
            names = "--rows",
            required = true,
            paramLabel = "FILE",
            description = "Labelled texts (.jsonl with text and label) that the task was not trained on.")
    private @Nullable Path rows;

    Path base() {
        return Objects.requireNonNull(base);
    }

    /** @param labels those of the task */
    List<LabelledText> read(List<String> labels) throws IOException, BadArtefactException {
        return LabelledText.read(Objects.requireNonNull(rows), labels, MAX_ROWS);
    }
}
