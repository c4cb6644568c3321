package dev.picket.agent.state;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;
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

    /** Makes these the ones, and no others. */
    public void replace(Map<String, String> reasons, Instant at) throws StateUnavailableException {
        file.write(connection -> {
            CommandRows.update(connection, "DELETE FROM paused");
            for (Map.Entry<String, String> each : reasons.entrySet()) {
                CommandRows.update(
                        connection,
                        "INSERT INTO paused (source, reason, at) VALUES (?, ?, ?)",
                        each.getKey(),
                        each.getValue(),
                        at.toEpochMilli());
            }
            return reasons.size();
        });
    }
}
