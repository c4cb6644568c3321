package dev.picket.agent.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Makes a transaction durable; the one place where a fault decides whether it happened. */
@FunctionalInterface
public interface Commit {
    void commit(Connection writer) throws SQLException;

    /** What every file but a test's uses. */
    Commit DURABLE = writer -> {
        try (Statement statement = writer.createStatement()) {
            statement.execute("COMMIT");
        }
    };
}
