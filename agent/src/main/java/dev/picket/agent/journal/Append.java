package dev.picket.agent.journal;

import dev.picket.inference.Priority;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One append: what it inserts and counts inside its transaction. Made anew for each. */
final class Append {
    private record Model(String base, String task, List<String> labels) {}

    private final Prepared prepared;
    private final Counters counters;
    private final long nowMillis;
    private final Map<Priority, Long> lastSeq;
    private final Map<Priority, Long> added = new EnumMap<>(Priority.class);
    private final Map<Model, Long> models = new HashMap<>();

    Append(Prepared prepared, long nowMillis) throws SQLException {
        this.prepared = prepared;
        this.counters = new Counters(prepared);
        this.nowMillis = nowMillis;
        this.lastSeq = counters.byPriority(Counters.SEQ);
    }

    /** Answers how many rows were new. */
    int outcomes(List<? extends Outcome> outcomes) throws SQLException {
        int inserted = 0;
        PreparedStatement insert = prepared.get(VerdictRows.INSERT);
        for (Outcome outcome : outcomes) {
            inserted += switch (outcome) {
                case Verdict verdict -> verdict(insert, verdict);
                case Drop drop -> drop(drop);
            };
        }
        for (Map.Entry<Priority, Long> entry : added.entrySet()) {
            String name = entry.getKey().wireName();
            counters.set(Counters.SEQ, name, lastSeq.getOrDefault(entry.getKey(), 0L));
            counters.add(Counters.UNSENT, name, entry.getValue());
        }
        return inserted;
    }

    void positions(Map<String, String> positions) throws SQLException {
        PreparedStatement update = prepared.get("INSERT INTO position (source, position)"
                + " VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position");
        for (Map.Entry<String, String> entry : positions.entrySet()) {
            update.setString(1, entry.getKey());
            update.setString(2, entry.getValue());
            update.executeUpdate();
        }
    }

    void attempts(Map<String, Attempt> attempts) throws SQLException {
        PreparedStatement update =
                prepared.get("INSERT INTO attempt (source, reading, count) VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
                        + " SET reading = excluded.reading, count = excluded.count");
        for (Map.Entry<String, Attempt> entry : attempts.entrySet()) {
            update.setString(1, entry.getKey());
            update.setString(2, entry.getValue().readingId());
            update.setInt(3, entry.getValue().count());
            update.executeUpdate();
        }
    }

    /** A row that is there already takes no seq: the next new one gets it, and (epoch, priority) stays dense. */
    private int verdict(PreparedStatement insert, Verdict verdict) throws SQLException {
        Priority priority = verdict.priority();
        long seq = lastSeq.getOrDefault(priority, 0L) + 1;
        VerdictRows.bind(insert, verdict, seq, nowMillis, model(verdict));
        if (insert.executeUpdate() == 0) {
            return 0;
        }
        lastSeq.put(priority, seq);
        added.merge(priority, 1L, Long::sum);
        return 1;
    }

    private int drop(Drop drop) throws SQLException {
        PreparedStatement insert = prepared.get("INSERT INTO dropped"
                + " (source, reading, task, reason, written_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
        insert.setString(1, drop.source());
        insert.setString(2, drop.readingId());
        insert.setString(3, drop.task());
        insert.setString(4, drop.reason());
        insert.setLong(5, nowMillis);
        int inserted = insert.executeUpdate();
        if (inserted > 0) {
            counters.add(Counters.DROP, drop.reason(), inserted);
        }
        return inserted;
    }

    private @Nullable Long model(Verdict verdict) throws SQLException {
        String base = verdict.baseDigest();
        String task = verdict.taskDigest();
        if (base == null || task == null) {
            return null;
        }
        Model model = new Model(base, task, verdict.labels());
        Long known = models.get(model);
        if (known != null) {
            return known;
        }
        long id = intern(model);
        models.put(model, id);
        return id;
    }

    private long intern(Model model) throws SQLException {
        // The update changes nothing; it makes RETURNING answer for a row that is there already.
        PreparedStatement insert = prepared.get("INSERT INTO model (base, task, labels)"
                + " VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET base = base RETURNING id");
        insert.setString(1, model.base());
        insert.setString(2, model.task());
        insert.setString(3, VerdictRows.json(model.labels()));
        try (ResultSet rows = insert.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
