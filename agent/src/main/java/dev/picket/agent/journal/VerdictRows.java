package dev.picket.agent.journal;

import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A verdict to a row and back. */
final class VerdictRows {
    static final String INSERT = """
            INSERT INTO verdict (id, bytes, stamp, origin, answer, reading, written_at, read_at, latency, confidence,
              probabilities, text)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    static final String SELECT = """
            SELECT id, stamp, origin, answer, reading, written_at, read_at, latency, confidence, probabilities, text
            FROM verdict\s""";

    /** What a row takes beside its texts and probabilities, with its part of the page. */
    private static final int FIXED_BYTES = 64;

    private static final long NANOS = 1_000_000_000L;
    private static final long MAX_SECONDS = 9_000_000_000L;

    private VerdictRows() {}

    /** What the row counts for. */
    static long bytes(Verdict verdict) {
        String text = verdict.text();
        return FIXED_BYTES
                + utf8Length(verdict.readingId())
                + (long) verdict.probabilities().size() * Float.BYTES
                + (text == null ? 0 : utf8Length(text));
    }

    static void bind(
            PreparedStatement insert,
            Verdict verdict,
            long bytes,
            long row,
            long stamp,
            long writtenAtMillis,
            Interned interned)
            throws SQLException {
        insert.setLong(1, row);
        insert.setLong(2, bytes);
        insert.setLong(3, stamp);
        insert.setLong(4, interned.origin(verdict));
        insert.setLong(5, interned.answer(verdict));
        insert.setString(6, verdict.readingId());
        insert.setLong(7, writtenAtMillis);
        insert.setLong(8, nanos(verdict.at()));
        insert.setLong(9, verdict.latencyNanos());
        insert.setDouble(10, verdict.confidence());
        insert.setBytes(11, bytes(verdict.probabilities()));
        insert.setString(12, verdict.text());
    }

    static PendingVerdict read(ResultSet row, String epoch, Duration lifeLeft, Interned interned) throws SQLException {
        long id = row.getLong(1);
        Interned.Origin origin = interned.origin(row.getLong(3));
        Interned.Answer answer = interned.answer(row.getLong(4));
        Verdict verdict = new Verdict(
                origin.source(),
                row.getString(5),
                instant(row.getLong(7)),
                row.getString(11),
                answer.cut(),
                origin.task(),
                origin.baseDigest(),
                origin.taskDigest(),
                origin.labels(),
                floats(row.getBytes(10)),
                answer.label(),
                (float) row.getDouble(9),
                Ids.priorityOf(id),
                answer.decision(),
                answer.stage(),
                answer.cached(),
                row.getLong(8));
        return new PendingVerdict(
                epoch, verdict.priority(), Ids.seq(id), Instant.ofEpochMilli(row.getLong(6)), lifeLeft, verdict);
    }

    /** As SQLite counts it: a lone surrogate is written as one byte, '?'. */
    private static long utf8Length(String text) {
        long length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                length++;
            } else if (c < 0x800) {
                length += 2;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                length += 4;
                i++;
            } else {
                length += Character.isSurrogate(c) ? 1 : 3;
            }
        }
        return length;
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
        // A long of nanoseconds ends in 2262; an instant beyond it must not keep its reading from its verdict.
        return Math.clamp(instant.getEpochSecond(), -MAX_SECONDS, MAX_SECONDS) * NANOS + instant.getNano();
    }

    private static Instant instant(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, NANOS), Math.floorMod(nanos, NANOS));
    }
}
