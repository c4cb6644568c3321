package dev.picket.agent.state;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Jobs.
 *
 * <pre>
 *   id -> QUEUED (with the command's first reply, in one transaction) -> STARTED -> DONE(status, reply, untold)
 *      -> told -> expired, gone
 * </pre>
 */
public final class JobRows {
    private static final String COLUMNS =
            "id, at, response_topic, correlation, verb, step, progress, payload, expires_at, status";

    private final StateFile file;

    JobRows(StateFile file) {
        this.file = file;
    }

    /** Saves a job and, with it, the first reply of its command. */
    public void add(Job job, int status, byte[] reply) throws StateUnavailableException {
        file.write(connection -> {
            CommandRows.update(
                    connection,
                    "INSERT INTO job (id, at, response_topic, correlation, verb, step, progress, payload, expires_at)"
                            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    job.id(),
                    job.at().toEpochMilli(),
                    job.key().responseTopic(),
                    job.key().correlation(),
                    job.verb(),
                    job.step().number,
                    job.progress(),
                    job.payload(),
                    job.expiresAt().toEpochMilli());
            return CommandRows.saveDone(connection, job.key(), status, reply, job.id());
        });
    }

    /** Saves that the work begins now. */
    public void started(String id) throws StateUnavailableException {
        file.update("UPDATE job SET step = 1 WHERE id = ? AND step = 0", id);
    }

    public void progress(String id, String sentence) throws StateUnavailableException {
        file.update("UPDATE job SET progress = ? WHERE id = ? AND step <> 2", sentence, id);
    }

    /** Saves the second reply, which is owed from now on until it expires; the first one that is saved stands. */
    public void done(String id, String progress, int status, byte[] reply, Instant expiresAt)
            throws StateUnavailableException {
        file.update(
                "UPDATE job SET step = 2, progress = ?, status = ?, reply = ?, expires_at = max(expires_at, ?),"
                        + " payload = NULL, told = 0 WHERE id = ? AND step <> 2",
                progress,
                status,
                reply,
                expiresAt.toEpochMilli(),
                id);
    }

    /** Those that have no end yet, in the order in which they came. */
    public List<Job> unfinished() throws StateUnavailableException {
        return list("WHERE step <> 2 ORDER BY at, id", Integer.MAX_VALUE);
    }

    /** The latest, newest first. */
    public List<Job> latest(int max) throws StateUnavailableException {
        return list("ORDER BY at DESC, id DESC", max);
    }

    private List<Job> list(String which, int max) throws StateUnavailableException {
        return file.read(connection -> {
            List<Job> jobs = new ArrayList<>();
            try (PreparedStatement query =
                    connection.prepareStatement("SELECT " + COLUMNS + " FROM job " + which + " LIMIT ?")) {
                query.setInt(1, max);
                try (ResultSet rows = query.executeQuery()) {
                    while (rows.next()) {
                        jobs.add(job(rows));
                    }
                }
            }
            return jobs;
        });
    }

    private static Job job(ResultSet row) throws SQLException {
        byte[] payload = row.getBytes(8);
        return new Job(
                row.getString(1),
                Instant.ofEpochMilli(row.getLong(2)),
                new CommandKey(row.getString(3), row.getBytes(4)),
                row.getString(5),
                Job.Step.of(row.getInt(6)),
                row.getString(7),
                payload == null ? new byte[0] : payload,
                Instant.ofEpochMilli(row.getLong(9)),
                row.getInt(10));
    }
}
