package dev.picket.agent.state;

import dev.picket.agent.sqlite.Database;
import dev.picket.agent.sqlite.Faults;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The open file, for those who keep their rows in it: one family of failure for all of them. */
final class StateFile {
    private final Database database;
    private final Faults faults;

    StateFile(Database database, Faults faults) {
        this.database = database;
        this.faults = faults;
    }

    /** As {@link Database#write}. */
    <T> T write(Database.Work<T> work) throws StateUnavailableException {
        try {
            return database.write(work);
        } catch (SQLException e) {
            faults.met(e);
            throw new StateUnavailableException(database.file(), e);
        }
    }

    /** As {@link Database#read}. */
    <T> T read(Database.Work<T> work) throws StateUnavailableException {
        try {
            return database.read(work);
        } catch (SQLException e) {
            faults.met(e);
            throw new StateUnavailableException(database.file(), e);
        }
    }

    /** Changes rows with one statement, in a transaction of its own, and answers how many. */
    int update(String sql, @Nullable Object... values) throws StateUnavailableException {
        return write(connection -> {
            try (PreparedStatement update = connection.prepareStatement(sql)) {
                bind(update, values);
                return update.executeUpdate();
            }
        });
    }

    /** Numbers, texts and bytes, from the first parameter on. */
    static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
    }
}
