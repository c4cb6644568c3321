package dev.picket.agent.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.inference.Decision;
import dev.picket.inference.Priority;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A verdict to a row and back. */
final class VerdictRows {
    static final String INSERT = """
            INSERT INTO verdict (source, reading, task, priority, seq, written_at, read_at, cut, model, label,
              confidence, probabilities, decision, latency, text)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""";

    static final String SELECT = """
            SELECT v.id, v.source, v.reading, v.task, v.priority, v.seq, v.written_at, v.read_at, v.cut, v.label,
              v.confidence, v.probabilities, v.decision, v.latency, v.text, m.base, m.task, m.labels
            FROM verdict v LEFT JOIN model m ON m.id = v.model""";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<List<String>> NAMES = new TypeReference<>() {};
    private static final long NANOS = 1_000_000_000L;

    private VerdictRows() {}

    static void bind(PreparedStatement insert, Verdict verdict, long seq, long writtenAtMillis, @Nullable Long model)
            throws SQLException {
        insert.setString(1, verdict.source());
        insert.setString(2, verdict.readingId());
        insert.setString(3, verdict.task());
        insert.setInt(4, rank(verdict.priority()));
        insert.setLong(5, seq);
        insert.setLong(6, writtenAtMillis);
        insert.setLong(7, nanos(verdict.at()));
        insert.setInt(8, verdict.cut() ? 1 : 0);
        if (model == null) {
            insert.setNull(9, Types.INTEGER);
        } else {
            insert.setLong(9, model);
        }
        insert.setString(10, verdict.label());
        insert.setDouble(11, verdict.confidence());
        insert.setBytes(12, bytes(verdict.probabilities()));
        insert.setString(13, verdict.decision().wireName());
        insert.setLong(14, verdict.latencyNanos());
        insert.setString(15, verdict.text());
    }

    static PendingVerdict read(ResultSet row, String epoch) throws SQLException {
        String labels = row.getString(18);
        Priority priority = priority(row.getInt(5));
        Verdict verdict = new Verdict(
                row.getString(2),
                row.getString(3),
                instant(row.getLong(8)),
                row.getString(15),
                row.getInt(9) != 0,
                row.getString(4),
                row.getString(16),
                row.getString(17),
                labels == null ? List.of() : names(labels),
                floats(row.getBytes(12)),
                row.getString(10),
                (float) row.getDouble(11),
                priority,
                decision(row.getString(13)),
                row.getLong(14));
        return new PendingVerdict(
                row.getLong(1), epoch, priority, row.getLong(6), Instant.ofEpochMilli(row.getLong(7)), verdict);
    }

    /** The number on disk; the order of the enum may change, this may not. */
    static int rank(Priority priority) {
        return switch (priority) {
            case ESCALATION -> 0;
            case ALARM -> 1;
            case NOTICE -> 2;
            case ROUTINE -> 3;
        };
    }

    static Priority priority(int rank) throws SQLException {
        return switch (rank) {
            case 0 -> Priority.ESCALATION;
            case 1 -> Priority.ALARM;
            case 2 -> Priority.NOTICE;
            case 3 -> Priority.ROUTINE;
            default -> throw new SQLException("No priority has the rank " + rank + ".");
        };
    }

    static String json(List<String> names) {
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
            throw new SQLException("The labels of a row are no JSON list: " + json, e);
        }
    }

    private static Decision decision(String name) {
        return switch (name) {
            case "ACCEPT" -> new Decision.Accept();
            case "ESCALATE" -> new Decision.Escalate();
            default -> new Decision.Failed(name.substring("FAILED(".length(), name.length() - 1));
        };
    }

    private static byte[] bytes(List<Float> values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.size() * Float.BYTES);
        values.forEach(buffer::putFloat);
        return buffer.array();
    }

    private static List<Float> floats(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        List<Float> values = new ArrayList<>(bytes.length / Float.BYTES);
        while (buffer.hasRemaining()) {
            values.add(buffer.getFloat());
        }
        return values;
    }

    private static long nanos(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), NANOS), instant.getNano());
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }
}
