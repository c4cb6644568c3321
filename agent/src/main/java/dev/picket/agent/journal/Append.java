package dev.picket.agent.journal;

import dev.picket.inference.Priority;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One append: what it inserts and counts inside its transaction. Made anew for each.
 *
 * <pre>
 * outcome of a source whose position stands already where the batch puts it   here already: the batch is repeated
 * outcome that lies in ahead                                                  here already: the reading was read again
 * any other                                                                   new
 * </pre>
 */
final class Append {
    private final Prepared prepared;
    private final Interned interned;
    private final Quota quota;
    private final Lines lines;
    private final Ahead ahead;
    private final long stamp;
    private final long nowMillis;
    /** By priority, since rows of one lie beside each other on disk. */
    private final Map<Priority, List<Verdict>> verdicts = new EnumMap<>(Priority.class);

    private final Map<String, Long> drops = new HashMap<>();
    private final Map<String, Integer> settled = new HashMap<>();
    private long unflushed;

    Append(Prepared prepared, Interned interned, Quota quota, long stamp, long nowMillis) throws SQLException {
        this.prepared = prepared;
        this.interned = interned;
        this.quota = quota;
        this.lines = new Lines(prepared);
        this.ahead = new Ahead(prepared);
        this.stamp = stamp;
        this.nowMillis = nowMillis;
    }

    /** Answers how many rows were new. */
    int write(Batch batch) throws SQLException {
        Set<String> repeated = positions(batch.positions());
        for (Outcome outcome : batch.settled()) {
            if (repeated.contains(outcome.source())) {
                continue;
            }
            settled.merge(outcome.source(), 1, Integer::sum);
            if (ahead.has(outcome)) {
                ahead.passed(outcome.source(), outcome.readingId());
            } else {
                take(outcome);
            }
        }
        for (Outcome outcome : batch.ahead()) {
            if (!ahead.has(outcome)) {
                take(outcome);
            }
            ahead.add(outcome);
        }
        for (Batch.Place place : batch.caughtUp()) {
            ahead.passed(place.source(), place.readingId());
        }
        ahead.age(settled);
        attempts(batch.attempts());
        count();
        return rows();
    }

    private void take(Outcome outcome) {
        switch (outcome) {
            case Verdict verdict ->
                verdicts.computeIfAbsent(verdict.priority(), _ -> new ArrayList<>())
                        .add(verdict);
            case Drop drop -> drops.merge(drop.reason(), 1L, Long::sum);
        }
    }

    private int rows() throws SQLException {
        Map<Priority, Line> before = verdicts.isEmpty() ? Map.of() : lines.all();
        int rows = 0;
        for (Map.Entry<Priority, List<Verdict>> each : verdicts.entrySet()) {
            // As it is now: making room for the priorities before it may have dropped rows of this one.
            Line line = lines.of(each.getKey());
            for (Verdict verdict : each.getValue()) {
                line = lay(line, verdict, before);
            }
            lines.set(line);
            rows += each.getValue().size();
        }
        flush(before);
        return rows;
    }

    /** The line with the row, which is laid down now or with those behind it. */
    private Line lay(Line line, Verdict verdict, Map<Priority, Line> before) throws SQLException {
        long bytes = VerdictRows.bytes(verdict);
        long seq = line.last() + 1;
        long at = Math.max(stamp, line.stamp());
        if (bytes > quota.room().largestRow()) {
            new Sending(prepared).lost(line.priority(), seq, "quota");
            Line without = line.appended(1, 0, 0, at);
            return without.unsent() == 0 ? without.without(0, 0, seq) : without;
        }
        VerdictRows.bind(
                prepared.get(VerdictRows.INSERT),
                verdict,
                bytes,
                Ids.row(line.priority(), seq),
                at,
                nowMillis,
                interned);
        prepared.get(VerdictRows.INSERT).addBatch();
        unflushed += bytes;
        Line with = line.appended(1, 1, bytes, at);
        if (unflushed < quota.room().flushBytes()) {
            return with;
        }
        lines.set(with);
        flush(before);
        return lines.of(line.priority());
    }

    private void flush(Map<Priority, Line> before) throws SQLException {
        if (unflushed > 0) {
            prepared.get(VerdictRows.INSERT).executeBatch();
            unflushed = 0;
            quota.make(before);
        }
    }

    /** Answers the sources whose positions stand there already. */
    private Set<String> positions(Map<String, String> positions) throws SQLException {
        Set<String> unmoved = new HashSet<>();
        PreparedStatement update = prepared.get("INSERT INTO position (source, position) VALUES (?, ?)"
                + " ON CONFLICT DO UPDATE SET position = excluded.position WHERE position <> excluded.position");
        for (Map.Entry<String, String> entry : positions.entrySet()) {
            update.setString(1, entry.getKey());
            update.setString(2, entry.getValue());
            if (update.executeUpdate() == 0) {
                unmoved.add(entry.getKey());
            } else {
                Inbox.passed(prepared, entry.getKey(), entry.getValue());
            }
        }
        return unmoved;
    }

    private void attempts(Map<String, Attempt> attempts) throws SQLException {
        for (Map.Entry<String, Attempt> entry : attempts.entrySet()) {
            PreparedStatement update =
                    prepared.get("INSERT INTO attempt (source, reading, count) VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
                            + " SET reading = excluded.reading, count = excluded.count");
            update.setString(1, entry.getKey());
            update.setString(2, entry.getValue().readingId());
            update.setInt(3, entry.getValue().count());
            update.executeUpdate();
        }
    }

    private void count() throws SQLException {
        Counters counters = new Counters(prepared);
        for (Map.Entry<String, Long> drop : drops.entrySet()) {
            counters.add(Counters.DROP, drop.getKey(), drop.getValue());
        }
    }
}
