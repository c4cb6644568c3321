package dev.picket.agent.bench;

import dev.picket.agent.journal.Verdict;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The least that makes a verdict's row durable: one table with the journal's columns and nothing beside it, JDBC's
 * batch, one transaction.
 */
final class BareInsert implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement insert;

    BareInsert(Path file) throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
        for (String pragma : List.of("journal_mode = WAL", "synchronous = FULL")) {
            execute("PRAGMA " + pragma);
        }
        execute("""
                CREATE TABLE verdict (id INTEGER PRIMARY KEY, bytes INTEGER, stamp INTEGER, origin INTEGER,
                  answer INTEGER, reading TEXT, written_at INTEGER, read_at INTEGER, latency INTEGER, confidence REAL,
                  probabilities BLOB, text TEXT) STRICT""");
        insert = connection.prepareStatement("""
                INSERT INTO verdict (bytes, stamp, origin, answer, reading, written_at, read_at, latency, confidence,
                  probabilities, text)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""");
    }

    void insert(List<Verdict> verdicts) throws SQLException {
        execute("BEGIN IMMEDIATE");
        for (Verdict verdict : verdicts) {
            String text = String.valueOf(verdict.text());
            insert.setLong(1, 64L + text.length());
            insert.setLong(2, verdict.at().toEpochMilli());
            insert.setLong(3, 1);
            insert.setLong(4, 1);
            insert.setString(5, verdict.readingId());
            insert.setLong(6, verdict.at().toEpochMilli());
            insert.setLong(7, verdict.at().toEpochMilli() * 1_000_000);
            insert.setLong(8, verdict.latencyNanos());
            insert.setDouble(9, verdict.confidence());
            insert.setBytes(10, bytes(verdict.probabilities()));
            insert.setString(11, text);
            insert.addBatch();
        }
        insert.executeBatch();
        execute("COMMIT");
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private static byte[] bytes(List<Float> values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.size() * Float.BYTES);
        values.forEach(buffer::putFloat);
        return buffer.array();
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
