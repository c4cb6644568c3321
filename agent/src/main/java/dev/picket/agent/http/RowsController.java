package dev.picket.agent.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.rows.JournalRows;
import dev.picket.agent.rows.RowCursor;
import dev.picket.agent.rows.RowFilter;
import dev.picket.agent.rows.RowPage;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Error;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows with their texts, for the command line; {@link LocalGuard} asks for the token. */
@Controller("/api/rows")
final class RowsController {
    private static final int MAX_ROWS = 1_000;

    /** One page on the wire. */
    record Page(List<ObjectNode> rows, String after, boolean more) {
        private static Page of(RowPage page) {
            return new Page(page.rows(), page.after().toString(), page.more());
        }
    }

    private final JournalRows rows;

    RowsController(Journal journal) {
        this.rows = new JournalRows(journal);
    }

    @Get
    @ExecuteOn(TaskExecutors.BLOCKING)
    Page page(
            @QueryValue(defaultValue = "") String after,
            @QueryValue String through,
            @QueryValue(defaultValue = "500") int max,
            @QueryValue @Nullable String source,
            @QueryValue @Nullable String decision,
            @QueryValue @Nullable String from,
            @QueryValue @Nullable String to)
            throws JournalUnavailableException {
        return Page.of(rows.page(
                RowCursor.parse(after),
                RowCursor.parse(through),
                Math.clamp(max, 1, MAX_ROWS),
                filter(source, decision, from, to)));
    }

    @Get("/latest")
    @ExecuteOn(TaskExecutors.BLOCKING)
    Page latest(
            @QueryValue(defaultValue = "50") int max,
            @QueryValue @Nullable String source,
            @QueryValue @Nullable String decision,
            @QueryValue @Nullable String from,
            @QueryValue @Nullable String to)
            throws JournalUnavailableException {
        return Page.of(rows.latest(Math.clamp(max, 0, MAX_ROWS), filter(source, decision, from, to)));
    }

    @Error
    HttpResponse<String> malformed(IllegalArgumentException e) {
        return PlainRefusal.of(HttpStatus.BAD_REQUEST, e.getMessage());
    }

    @Error
    HttpResponse<String> unavailable(JournalUnavailableException e) {
        return PlainRefusal.of(HttpStatus.SERVICE_UNAVAILABLE, e.getMessage());
    }

    private static RowFilter filter(
            @Nullable String source, @Nullable String decision, @Nullable String from, @Nullable String to) {
        return new RowFilter(source, decision, instant(from), instant(to));
    }

    private static @Nullable Instant instant(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeParseException _) {
            throw new IllegalArgumentException("'" + text + "' is no instant such as 2026-11-21T08:00:00Z");
        }
    }
}
