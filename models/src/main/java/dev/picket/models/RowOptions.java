package dev.picket.models;

import dev.picket.inference.BadArtefactException;
import dev.picket.models.task.LabelledText;
import dev.picket.models.task.Part;
import dev.picket.models.task.RowFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The labelled texts that a task is asked. */
final class RowOptions {
    @Option(
            names = "--rows",
            required = true,
            paramLabel = "FILE",
            description = "Labelled texts (.jsonl with text and label) that the task was not trained on.")
    private @Nullable Path rows;

    @Option(
            names = "--part",
            paramLabel = "PART",
            description =
                    "Only the rows that fall to train, dev, calibrate or test by a hash of their text; for one file"
                            + " that 'workshop train' was given whole.")
    private @Nullable Part part;

    @Option(
            names = "--max-rows",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "The most rows that a file may have (${DEFAULT-VALUE}).")
    private int maxRows;

    Path file() {
        return Objects.requireNonNull(rows);
    }

    RowFile.Limits limits() {
        return RowFile.Limits.DEFAULT.withRows(maxRows);
    }

    /** @param labels those of the task */
    List<LabelledText> read(List<String> labels) throws IOException, BadArtefactException {
        return read(labels, null);
    }

    List<LabelledText> read(List<String> labels, RowFile.@Nullable GroupField group)
            throws IOException, BadArtefactException {
        List<LabelledText> all = new RowFile(file(), limits()).read(labels, group);
        return part == null ? all : part.of(all);
    }

    /** Whether only the rows of one part are meant. */
    boolean isPart(Part which) {
        return part == which;
    }

    /** The rows of another part of the same file. */
    List<LabelledText> readPart(List<String> labels, Part which) throws IOException, BadArtefactException {
        return which.of(new RowFile(file(), limits()).read(labels, null));
    }

    /** Rows of another file; of this one, where only a part is meant, those that are trained on. */
    List<LabelledText> readOther(Path other, List<String> labels) throws IOException, BadArtefactException {
        boolean same = part != null && other.toRealPath().equals(file().toRealPath());
        return same ? readPart(labels, Part.TRAIN) : new RowFile(other, limits()).read(labels, null);
    }
}
