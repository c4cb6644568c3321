package dev.picket.agent.journal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Reads how far each source is. */
final class Marks {
    private final Prepared prepared;

    Marks(Prepared prepared) {
        this.prepared = prepared;
    }

    Optional<String> position(String source) throws SQLException {
        PreparedStatement query = prepared.get("SELECT position FROM position WHERE source = ?");
        query.setString(1, source);
        try (ResultSet rows = query.executeQuery()) {
            return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
        }
    }

    Optional<Attempt> attempt(String source) throws SQLException {
        PreparedStatement query = prepared.get("SELECT reading, count FROM attempt WHERE source = ?");
        query.setString(1, source);
        try (ResultSet rows = query.executeQuery()) {
            return rows.next() ? Optional.of(new Attempt(rows.getString(1), rows.getInt(2))) : Optional.empty();
        }
    }
}
