package dev.picket.agent.rows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.inference.Priority;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of an open journal. */
public final class JournalRows implements Rows<JournalUnavailableException> {
    /** Of the newest rows, those among which wanted ones are looked for. */
    public static final int LOOKED_AT = 5_000;

    private final Journal journal;

    public JournalRows(Journal journal) {
        this.journal = journal;
    }

    @Override
    public RowPage page(RowCursor after, RowCursor through, int max, RowFilter filter)
            throws JournalUnavailableException {
        List<ObjectNode> rows = new ArrayList<>();
        RowCursor at = after;
        int left = max;
        for (Priority priority : Priority.values()) {
            if (left > 0 && at.of(priority) < through.of(priority)) {
                List<PendingVerdict> held = journal.held(priority, at.of(priority) + 1, through.of(priority), left);
                held.stream()
                        .filter(each -> filter.wants(each.verdict()))
                        .map(RowJson::of)
                        .forEach(rows::add);
                boolean ended = held.size() < left;
                at = at.with(
                        priority, ended ? through.of(priority) : held.getLast().seq());
                left -= held.size();
            }
        }
        RowCursor reached = at;
        boolean more = Arrays.stream(Priority.values()).anyMatch(each -> reached.of(each) < through.of(each));
        return new RowPage(rows, at, more);
    }

    @Override
    public RowPage latest(int max, RowFilter filter) throws JournalUnavailableException {
        RowCursor end = new RowCursor(journal.lastSeqs());
        if (max == 0) {
            return new RowPage(List.of(), end, false);
        }
        List<ObjectNode> rows = journal.latest(filter.equals(RowFilter.ALL) ? max : LOOKED_AT).stream()
                // What came after the end was read is for the next page.
                .filter(each -> each.seq() <= end.of(each.priority()) && filter.wants(each.verdict()))
                .limit(max)
                .map(RowJson::of)
                .toList();
        return new RowPage(rows.reversed(), end, false);
    }
}
