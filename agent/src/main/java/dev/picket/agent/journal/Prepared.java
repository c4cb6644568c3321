package dev.picket.agent.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The statements of one connection, prepared once each: preparing them anew costs a small commit more than its rows.
 * Used under the connection's lock; closed with the connection.
 */
final class Prepared {
    private final Map<String, PreparedStatement> statements = new HashMap<>();
    private @Nullable Connection connection;

    Prepared on(Connection now) {
        connection = now;
        return this;
    }

    /** Not to be closed by the caller. */
    PreparedStatement get(String sql) throws SQLException {
        PreparedStatement known = statements.get(sql);
        if (known != null) {
            return known;
        }
        Connection open = connection;
        if (open == null) {
            throw new SQLException("no connection yet");
        }
        PreparedStatement prepared = open.prepareStatement(sql);
        statements.put(sql, prepared);
        return prepared;
    }

    /** After a failure, in which the driver may have closed some of them. */
    void forget() throws SQLException {
        List<PreparedStatement> open = List.copyOf(statements.values());
        statements.clear();
        for (PreparedStatement statement : open) {
            statement.close();
        }
    }
}
