package dev.picket.agent.state;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One right label a verdict; a later word on the same verdict takes the place of the one before. */
public final class FeedbackRows {
    private final StateFile file;
    private final int most;

    FeedbackRows(StateFile file, int most) {
        this.file = file;
        this.most = most;
    }

    /**
     * Saves it.
     *
     * @return false when there are as many as are kept, and none of this verdict; then nothing was saved
     */
    public boolean put(Feedback feedback) throws StateUnavailableException {
        return file.write(connection -> CommandRows.update(
                        connection,
                        "INSERT INTO feedback (verdict, label, author, at) SELECT ?1, ?2, ?3, ?4"
                                + " WHERE (SELECT count(*) FROM feedback) < ?5"
                                + " OR EXISTS (SELECT 1 FROM feedback WHERE verdict = ?1)"
                                + " ON CONFLICT DO UPDATE SET label = excluded.label, author = excluded.author,"
                                + " at = excluded.at",
                        feedback.verdict(),
                        feedback.label(),
                        feedback.author(),
                        feedback.at().toEpochMilli(),
                        most)
                > 0);
    }

    public int count() throws StateUnavailableException {
        return file.read(connection -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT count(*) FROM feedback");
                    ResultSet rows = query.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        });
    }

    /** At most so many, by verdict. */
    public List<Feedback> list(int max) throws StateUnavailableException {
        return file.read(connection -> {
            List<Feedback> all = new ArrayList<>();
            try (PreparedStatement query = connection.prepareStatement(
                    "SELECT verdict, label, author, at FROM feedback ORDER BY verdict LIMIT ?")) {
                query.setInt(1, max);
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        all.add(new Feedback(
                                rows.getString(1),
                                rows.getString(2),
                                rows.getString(3),
                                Instant.ofEpochMilli(rows.getLong(4))));
                    }
                }
            }
            return all;
        });
    }
}
