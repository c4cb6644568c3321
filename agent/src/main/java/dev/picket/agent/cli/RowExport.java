package dev.picket.agent.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.rows.RowCursor;
import dev.picket.agent.rows.RowFilter;
import dev.picket.agent.rows.RowPage;
import dev.picket.agent.rows.Rows;
import java.io.IOException;
import java.util.function.LongConsumer;

/** Walks over the rows that there were when it was made, a page in memory at a time. */
final class RowExport {
    private static final int PAGE = 500;

    /** How rows are written. */
    enum Format {
        JSONL,
        CSV
    }

    /** Takes what is written; false when nobody does any more. */
    @FunctionalInterface
    interface Sink {
        boolean accept(String line) throws IOException;
    }

    private final Rows<CommandFailure> rows;
    private final RowFilter filter;
    private final Format format;
    private final RowCursor end;

    RowExport(Rows<CommandFailure> rows, RowFilter filter, Format format) throws CommandFailure {
        this.rows = rows;
        this.filter = filter;
        this.format = format;
        this.end = rows.latest(0, filter).after();
    }

    /** What the progress reaches. */
    long total() {
        return end.total();
    }

    void run(Sink sink, LongConsumer progress) throws CommandFailure, IOException {
        if (format == Format.CSV && !sink.accept(Csv.header())) {
            return;
        }
        RowCursor at = RowCursor.BEGINNING;
        boolean more = true;
        while (more) {
            RowPage page = rows.page(at, end, PAGE, filter);
            for (ObjectNode row : page.rows()) {
                if (!sink.accept(line(row))) {
                    return;
                }
            }
            at = page.after();
            more = page.more();
            progress.accept(at.total());
        }
    }

    private String line(ObjectNode row) {
        return switch (format) {
            case JSONL -> row + "\n";
            case CSV -> Csv.line(row);
        };
    }
}
