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
                CREATE TABLE verdict (id INTEGER PRIMARY KEY, source TEXT, reading TEXT, task TEXT, priority INTEGER,
                  seq INTEGER, sent INTEGER, written_at INTEGER, read_at INTEGER, cut INTEGER, model INTEGER,
                  label TEXT, confidence REAL, probabilities BLOB, decision TEXT, latency INTEGER, text TEXT) STRICT""");
        insert = connection.prepareStatement("""
                INSERT INTO verdict (source, reading, task, priority, seq, sent, written_at, read_at, cut, model, label,
                  confidence, probabilities, decision, latency, text)
                VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""");
    }

    void insert(List<Verdict> verdicts) throws SQLException {
        execute("BEGIN IMMEDIATE");
        long seq = 0;
        for (Verdict verdict : verdicts) {
            seq++;
            insert.setString(1, verdict.source());
            insert.setString(2, verdict.readingId());
            insert.setString(3, verdict.task());
            insert.setInt(4, 0);
            insert.setLong(5, seq);
            insert.setLong(6, verdict.at().toEpochMilli());
            insert.setLong(7, verdict.at().toEpochMilli() * 1_000_000);
            insert.setInt(8, 0);
            insert.setLong(9, 1);
            insert.setString(10, verdict.label());
            insert.setDouble(11, verdict.confidence());
            insert.setBytes(12, bytes(verdict.probabilities()));
            insert.setString(13, verdict.decision().wireName());
            insert.setLong(14, verdict.latencyNanos());
            insert.setString(15, verdict.text());
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
