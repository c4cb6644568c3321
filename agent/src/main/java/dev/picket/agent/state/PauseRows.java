package dev.picket.agent.state;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** The sources whose readings are not judged now, with the reason; {@link #ALL} stands for every one. */
public final class PauseRows {
    public static final String ALL = "";

    private final StateFile file;

    PauseRows(StateFile file) {
        this.file = file;
    }

    /** Reasons by source. */
    public Map<String, String> all() throws StateUnavailableException {
        return file.read(connection -> {
            Map<String, String> paused = new TreeMap<>();
            try (PreparedStatement query = connection.prepareStatement("SELECT source, reason FROM paused");
                    ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    paused.put(rows.getString(1), rows.getString(2));
                }
            }
            return paused;
        });
    }

    public void pause(Collection<String> sources, String reason, Instant at) throws StateUnavailableException {
        file.write(connection -> {
            for (String source : sources) {
                CommandRows.update(
                        connection,
                        "INSERT INTO paused (source, reason, at) VALUES (?, ?, ?)"
                                + " ON CONFLICT DO UPDATE SET reason = excluded.reason, at = excluded.at",
                        source,
                        reason,
                        at.toEpochMilli());
            }
            return sources.size();
        });
    }

    /** Takes the pauses of these sources back. */
    public void resume(Collection<String> sources) throws StateUnavailableException {
        file.write(connection -> {
            for (String source : sources) {
                CommandRows.update(connection, "DELETE FROM paused WHERE source = ?", source);
            }
            return sources.size();
        });
    }

    /** Takes all back. */
    public void resumeAll() throws StateUnavailableException {
        file.update("DELETE FROM paused");
    }
}
