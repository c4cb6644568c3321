package dev.picket.agent.journal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the journal grows older: by this machine's uptime, never by its clock; and by the time between two boots where the
 * clock was right before it and is right now.
 *
 * <pre>
 * within a boot         + what the uptime grew
 * at a later boot       + the uptime of that boot: it passed for certain
 * first time in a boot that the clock is synchronised, and it was so in an earlier boot:
 *                       rows up to the end of that earlier boot + what the clock says has passed, less what was observed;
 *                       rows of boots in between, whose place in that time nobody knows, + nothing
 * </pre>
 *
 * So a clock that jumps makes nothing old, and a gateway without one keeps its rows a little too long, never too short.
 * The table {@code age} is written at each open and sweep; what a crash loses of it the uptime tells again, or, after a
 * reboot, the stamp of the last row.
 */
final class Ageing {
    private record Saved(
            String boot,
            long uptime,
            long age,
            @Nullable Long syncWall,
            long syncAge,
            @Nullable Long syncEnd) {}

    private final Uptime uptime;
    private final Clock clock;
    /** The age at this boot's uptime 0; negative for a journal that is younger than the boot. */
    private final long atBoot;

    private Ageing(Uptime uptime, Clock clock, long atBoot) {
        this.uptime = uptime;
        this.clock = clock;
        this.atBoot = atBoot;
    }

    /** Goes on where the journal left off, inside a transaction. */
    static Ageing begin(Prepared prepared, Uptime uptime, Clock clock) throws SQLException {
        Uptime.Moment now = uptime.now();
        Saved saved = saved(prepared);
        long lastStamp = new Lines(prepared)
                .inOrder().stream().mapToLong(Line::stamp).max().orElse(0);
        long age = saved == null ? lastStamp : Math.max(saved.age(), lastStamp);
        if (saved != null && saved.boot().equals(now.boot())) {
            age = Math.max(age, saved.age() + Math.max(0, now.millis() - saved.uptime()));
        } else if (saved != null) {
            // More than the stamps of the boot before, however soon after the start this is.
            long end = age;
            age += Math.max(1, now.millis());
            if (saved.syncWall() != null && saved.syncEnd() == null) {
                saved = new Saved(saved.boot(), saved.uptime(), age, saved.syncWall(), saved.syncAge(), end);
            }
        }
        Ageing ageing = new Ageing(uptime, clock, age - now.millis());
        ageing.save(prepared, saved);
        return ageing;
    }

    long stamp() {
        return atBoot + uptime.now().millis();
    }

    /** As it is now, by what is known of earlier boots. */
    Age age(Prepared prepared) throws SQLException {
        PreparedStatement query = prepared.get("SELECT stamp, millis FROM leap ORDER BY stamp DESC");
        List<Age.Leap> leaps = new ArrayList<>();
        try (ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                leaps.add(new Age.Leap(rows.getLong(1), rows.getLong(2)));
            }
        }
        return new Age(stamp(), leaps);
    }

    /** Notes how far it is, and what the clock tells of earlier boots once it is right. */
    void note(Prepared prepared) throws SQLException {
        save(prepared, saved(prepared));
    }

    private void save(Prepared prepared, @Nullable Saved before) throws SQLException {
        Uptime.Moment now = uptime.now();
        long age = atBoot + now.millis();
        Saved saved = new Saved(now.boot(), now.millis(), age, null, 0, null);
        if (now.synchronised()) {
            long wall = clock.millis();
            if (before != null && before.syncWall() != null && before.syncEnd() != null) {
                long unobserved = (wall - before.syncWall()) - (age - before.syncAge());
                leap(prepared, before.syncEnd(), unobserved);
            }
            saved = new Saved(now.boot(), now.millis(), age, wall, age, null);
        } else if (before != null) {
            saved = new Saved(now.boot(), now.millis(), age, before.syncWall(), before.syncAge(), before.syncEnd());
        }
        write(prepared, saved);
    }

    private static void leap(Prepared prepared, long stamp, long millis) throws SQLException {
        if (millis <= 0) {
            return;
        }
        PreparedStatement insert = prepared.get("INSERT INTO leap (stamp, millis) VALUES (?, ?)"
                + " ON CONFLICT DO UPDATE SET millis = millis + excluded.millis");
        insert.setLong(1, stamp);
        insert.setLong(2, millis);
        insert.executeUpdate();
    }

    private static void write(Prepared prepared, Saved saved) throws SQLException {
        PreparedStatement update = prepared.get("INSERT OR REPLACE INTO age"
                + " (id, boot, uptime, age, sync_wall, sync_age, sync_end) VALUES (1, ?, ?, ?, ?, ?, ?)");
        update.setString(1, saved.boot());
        update.setLong(2, saved.uptime());
        update.setLong(3, saved.age());
        set(update, 4, saved.syncWall());
        update.setLong(5, saved.syncAge());
        set(update, 6, saved.syncEnd());
        update.executeUpdate();
    }

    private static void set(PreparedStatement update, int index, @Nullable Long value) throws SQLException {
        if (value == null) {
            update.setNull(index, Types.INTEGER);
        } else {
            update.setLong(index, value);
        }
    }

    private static @Nullable Saved saved(Prepared prepared) throws SQLException {
        PreparedStatement query =
                prepared.get("SELECT boot, uptime, age, sync_wall, sync_age, sync_end FROM age WHERE id = 1");
        try (ResultSet rows = query.executeQuery()) {
            return rows.next()
                    ? new Saved(
                            rows.getString(1),
                            rows.getLong(2),
                            rows.getLong(3),
                            nullable(rows, 4),
                            rows.getLong(5),
                            nullable(rows, 6))
                    : null;
        }
    }

    private static @Nullable Long nullable(ResultSet rows, int column) throws SQLException {
        long value = rows.getLong(column);
        return rows.wasNull() ? null : value;
    }
}
