package dev.picket.agent.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.sqlite.Damage;
import dev.picket.inference.Decision;
import dev.picket.inference.Stage;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What rows share, by number and back. Their rows never change, so what was once read may be kept; what one transaction
 * added is forgotten when it fails.
 */
final class Interned {
    /** Whence a row came and by what it was judged; digests null and no labels: by none. */
    record Origin(
            String source,
            String task,
            @Nullable String baseDigest,
            @Nullable String taskDigest,
            List<String> labels) {}

    /** What was decided, and how: all of it costs a row one number. */
    record Answer(@Nullable String label, Decision decision, boolean cut, Stage stage, boolean cached) {}

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<List<String>> NAMES = new TypeReference<>() {};
    private static final int MAX_KEPT = 10_000;

    private final Prepared prepared;
    private final Map<Origin, Long> origins = new HashMap<>();
    private final Map<Answer, Long> answers = new HashMap<>();
    private final Map<Long, Origin> originsById = new HashMap<>();
    private final Map<Long, Answer> answersById = new HashMap<>();
    /** Those of the row before: rows come in runs, and comparing costs less than hashing five texts and a list. */
    private @Nullable Origin lastOrigin;

    private long lastOriginId;
    private @Nullable Answer lastAnswer;
    private long lastAnswerId;

    Interned(Prepared prepared) {
        this.prepared = prepared;
    }

    void forget() {
        origins.clear();
        answers.clear();
        originsById.clear();
        answersById.clear();
        lastOrigin = null;
        lastAnswer = null;
    }

    long origin(Verdict verdict) throws SQLException {
        Origin origin = new Origin(
                verdict.source(), verdict.task(), verdict.baseDigest(), verdict.taskDigest(), verdict.labels());
        if (!origin.equals(lastOrigin)) {
            lastOriginId = number(origin);
            lastOrigin = origin;
        }
        return lastOriginId;
    }

    private long number(Origin origin) throws SQLException {
        Long known = origins.get(origin);
        if (known != null) {
            return known;
        }
        PreparedStatement insert = prepared.get("INSERT INTO origin (source, task, model) VALUES (?, ?, ?)"
                + " ON CONFLICT DO UPDATE SET task = task RETURNING id");
        insert.setString(1, origin.source());
        insert.setString(2, origin.task());
        insert.setLong(3, model(origin));
        return keep(origins, origin, number(insert));
    }

    long answer(Verdict verdict) throws SQLException {
        Answer answer =
                new Answer(verdict.label(), verdict.decision(), verdict.cut(), verdict.stage(), verdict.cached());
        if (!answer.equals(lastAnswer)) {
            lastAnswerId = number(answer);
            lastAnswer = answer;
        }
        return lastAnswerId;
    }

    private long number(Answer answer) throws SQLException {
        Long known = answers.get(answer);
        if (known != null) {
            return known;
        }
        PreparedStatement query = prepared.get("SELECT id FROM answer WHERE label IS ? AND decision = ? AND cut = ?"
                + " AND stage = ? AND cached = ? LIMIT 1");
        bind(query, answer);
        try (ResultSet rows = query.executeQuery()) {
            if (rows.next()) {
                return keep(answers, answer, rows.getLong(1));
            }
        }
        PreparedStatement insert = prepared.get(
                "INSERT INTO answer (label, decision, cut, stage, cached) VALUES (?, ?, ?, ?, ?) RETURNING id");
        bind(insert, answer);
        return keep(answers, answer, number(insert));
    }

    Origin origin(long id) throws SQLException {
        Origin known = originsById.get(id);
        if (known != null) {
            return known;
        }
        PreparedStatement query = prepared.get("SELECT o.source, o.task, m.base, m.task, m.labels"
                + " FROM origin o LEFT JOIN model m ON m.id = o.model WHERE o.id = ?");
        query.setLong(1, id);
        try (ResultSet rows = query.executeQuery()) {
            if (!rows.next()) {
                throw Damage.found("A row names the origin " + id + ", which is not there.");
            }
            String labels = rows.getString(5);
            Origin origin = new Origin(
                    rows.getString(1),
                    rows.getString(2),
                    rows.getString(3),
                    rows.getString(4),
                    labels == null ? List.of() : names(labels));
            keep(originsById, id, origin);
            return origin;
        }
    }

    Answer answer(long id) throws SQLException {
        Answer known = answersById.get(id);
        if (known != null) {
            return known;
        }
        PreparedStatement query = prepared.get("SELECT label, decision, cut, stage, cached FROM answer WHERE id = ?");
        query.setLong(1, id);
        try (ResultSet rows = query.executeQuery()) {
            if (!rows.next()) {
                throw Damage.found("A row names the answer " + id + ", which is not there.");
            }
            Answer answer = new Answer(
                    rows.getString(1),
                    decision(rows.getString(2)),
                    rows.getInt(3) != 0,
                    stage(rows.getString(4)),
                    rows.getInt(5) != 0);
            keep(answersById, id, answer);
            return answer;
        }
    }

    private long model(Origin origin) throws SQLException {
        if (origin.baseDigest() == null || origin.taskDigest() == null) {
            return 0;
        }
        // The update changes nothing; it makes RETURNING answer for a row that is there already.
        PreparedStatement insert = prepared.get("INSERT INTO model (base, task, labels)"
                + " VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET base = base RETURNING id");
        insert.setString(1, origin.baseDigest());
        insert.setString(2, origin.taskDigest());
        insert.setString(3, json(origin.labels()));
        return number(insert);
    }

    private static void bind(PreparedStatement statement, Answer answer) throws SQLException {
        if (answer.label() == null) {
            statement.setNull(1, Types.VARCHAR);
        } else {
            statement.setString(1, answer.label());
        }
        statement.setString(2, answer.decision().wireName());
        statement.setInt(3, answer.cut() ? 1 : 0);
        statement.setString(4, answer.stage().wireName());
        statement.setInt(5, answer.cached() ? 1 : 0);
    }

    private static long number(PreparedStatement insert) throws SQLException {
        try (ResultSet rows = insert.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static <K, V> V keep(Map<K, V> known, K key, V value) {
        if (known.size() >= MAX_KEPT) {
            known.clear();
        }
        known.put(key, value);
        return value;
    }

    private static Decision decision(String name) {
        return switch (name) {
            case "ACCEPT" -> new Decision.Accept();
            case "ESCALATE" -> new Decision.Escalate();
            default -> new Decision.Failed(name.substring("FAILED(".length(), name.length() - 1));
        };
    }

    private static Stage stage(String name) throws SQLException {
        for (Stage stage : Stage.values()) {
            if (stage.wireName().equals(name)) {
                return stage;
            }
        }
        throw Damage.found("A row was answered by the stage '" + name + "', which there is not.");
    }

    private static String json(List<String> names) {
        try {
            return JSON.writeValueAsString(names);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> names(String json) throws SQLException {
        try {
            return JSON.readValue(json, NAMES);
        } catch (JsonProcessingException e) {
            throw Damage.found("The labels of a row are no JSON list: " + json);
        }
    }
}
