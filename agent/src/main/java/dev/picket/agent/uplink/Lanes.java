package dev.picket.agent.uplink;

import dev.picket.agent.config.UplinkConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.JournalUnavailableException;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.inference.Priority;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * In which order the rows of one connection go: always by priority, and within it by seq.
 *
 * <pre>
 *   oldest-first   escalation: 1 2 3 4 5 6 >    alarm: …
 *   live-first     escalation: 5 6 > then 1 2 3 4    alarm: …      4 was the last when the connection began
 * </pre>
 *
 * With {@code live-first} a priority has two lanes, and each keeps the order of seq. Too many interrupted attempts at one
 * backlog leave too many stretches to remember: then the priority has one lane on this connection, as with oldest-first.
 */
final class Lanes {
    private static final int MAX_EARLY_STRETCHES = 64;

    /** One row and the lane it goes in. */
    record Next(PendingVerdict row, Lane lane) {}

    private record Pair(Lane backlog, @Nullable Lane live) {
        private static Pair one(Priority priority) {
            return new Pair(new Lane(priority, 0, Long.MAX_VALUE, false), null);
        }

        private static Pair splitAt(Priority priority, long seq) {
            return new Pair(new Lane(priority, 0, seq, false), new Lane(priority, seq, Long.MAX_VALUE, true));
        }
    }

    private final Journal journal;
    private final SentMarks marks;
    private final Map<Priority, Pair> pairs = new EnumMap<>(Priority.class);

    private Lanes(Journal journal, SentMarks marks) {
        this.journal = journal;
        this.marks = marks;
    }

    /** Those of a connection that begins now. */
    static Lanes begin(UplinkConfig.Order order, Journal journal, SentMarks marks) throws JournalUnavailableException {
        Lanes lanes = new Lanes(journal, marks);
        Map<Priority, Long> last = order == UplinkConfig.Order.LIVE_FIRST ? journal.lastSeqs() : Map.of();
        for (Priority priority : Priority.values()) {
            Long split = last.get(priority);
            boolean tooMany = marks.earlyStretches(priority) >= MAX_EARLY_STRETCHES;
            lanes.pairs.put(priority, split == null || tooMany ? Pair.one(priority) : Pair.splitAt(priority, split));
        }
        return lanes;
    }

    /** The rows that go next, without the priorities that are held. */
    List<Next> page(int max, Predicate<Priority> held) throws JournalUnavailableException {
        List<Next> page = new ArrayList<>();
        for (Map.Entry<Priority, Pair> each : pairs.entrySet()) {
            if (page.size() < max && !held.test(each.getKey())) {
                Pair pair = each.getValue();
                if (pair.live() != null) {
                    read(pair.live(), max, page);
                }
                if (page.size() < max && read(pair.backlog(), max, page) && pair.live() != null) {
                    marks.allHandedOver(pair.backlog(), pair.live());
                }
            }
        }
        return page;
    }

    /** Adds what a lane has; true when nothing of it is left to read. */
    private boolean read(Lane lane, int max, List<Next> into) throws JournalUnavailableException {
        while (into.size() < max) {
            long after = marks.resume(lane);
            List<PendingVerdict> rows = after < lane.last() ? rows(lane, after, max - into.size()) : List.of();
            if (rows.isEmpty()) {
                return true;
            }
            int before = into.size();
            boolean someAreEarly = marks.earlyStretches(lane.priority()) > 0;
            for (PendingVerdict row : rows) {
                if (!someAreEarly || !marks.isEarly(lane, row.seq())) {
                    into.add(new Next(row, lane));
                }
            }
            if (into.size() > before) {
                return false;
            }
            marks.pass(lane, rows.getLast().seq());
        }
        return false;
    }

    private List<PendingVerdict> rows(Lane lane, long after, int max) throws JournalUnavailableException {
        Map<Priority, Long> from = new EnumMap<>(Priority.class);
        for (Priority priority : Priority.values()) {
            from.put(priority, priority == lane.priority() ? after : Long.MAX_VALUE);
        }
        return journal.pending(max, from).stream()
                .takeWhile(row -> row.seq() <= lane.last())
                .toList();
    }
}
