package dev.picket.ota.fetch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * What one day may carry over the air, from midnight to midnight UTC, across restarts.
 *
 * <pre>
 *   fetched.json   {"day": days since 1970, "bytes": at least what is used}
 *   saved   |------------------ used ----------|-- ahead --|
 * </pre>
 *
 * The count is saved ahead in blocks: a crash makes it too large by a block at most, and never too small. A day that
 * the clock has gone back to is no new one until 24 hours have passed by the clock that only grows, so two budgets are
 * never nearer than that.
 */
final class DailyBudget {
    private static final long DAY_SECONDS = Duration.ofDays(1).toSeconds();
    private static final long DAY_NANOS = Duration.ofDays(1).toNanos();
    private static final long BLOCKS_PER_DAY = 64;

    private final Path file;
    private final long bytesPerDay;
    private boolean read;
    private long day;
    private long used;
    private long saved;
    private long sinceNanos;

    /** Makes a budget; the file is read at the first look. */
    DailyBudget(Path file, long bytesPerDay) {
        this.file = file;
        this.bytesPerDay = bytesPerDay;
    }

    /** Begins a new day where one has come. */
    void look(Instant wall, long nowNanos) {
        if (!read) {
            restore(wall, nowNanos);
        }
        long today = Math.floorDiv(wall.getEpochSecond(), DAY_SECONDS);
        if (today > day) {
            begin(today, nowNanos);
        } else if (today < day && nowNanos - sinceNanos >= DAY_NANOS) {
            begin(today + 1, nowNanos);
        }
    }

    boolean isUsedUp() {
        return used >= bytesPerDay;
    }

    /** Until midnight UTC. */
    static Duration untilNext(Instant wall) {
        return Duration.ofSeconds(DAY_SECONDS - Math.floorMod(wall.getEpochSecond(), DAY_SECONDS));
    }

    /** Counts bytes that came, and says so in the file before more are taken. */
    void spend(long bytes) throws UnavailableException {
        used += bytes;
        if (used > saved) {
            save(used + Math.max(1, bytesPerDay / BLOCKS_PER_DAY));
        }
    }

    /** Saves the count as it is. */
    void settle() throws UnavailableException {
        if (saved != used) {
            save(used);
        }
    }

    private void restore(Instant wall, long nowNanos) {
        read = true;
        begin(Math.floorDiv(wall.getEpochSecond(), DAY_SECONDS), nowNanos);
        try {
            if (Files.exists(file)) {
                Fields fields = StrictJson.parse(file.toString(), Files.readAllBytes(file));
                day = fields.number("day", 0, Integer.MAX_VALUE);
                used = fields.number("bytes", 0, Long.MAX_VALUE);
                saved = used;
            }
        } catch (IOException | RejectedException _) {
            // A count that cannot be read is as good as used up: a budget is a promise about somebody's bill.
            used = bytesPerDay;
            saved = 0;
        }
    }

    private void begin(long newDay, long nowNanos) {
        day = newDay;
        used = 0;
        saved = 0;
        sinceNanos = nowNanos;
    }

    private void save(long bytes) throws UnavailableException {
        ObjectNode json = StrictJson.object().put("day", day).put("bytes", bytes);
        try {
            AtomicFiles.write(file, StrictJson.pretty(json));
            saved = bytes;
        } catch (IOException e) {
            throw new UnavailableException(
                    "What was fetched today cannot be saved in " + file + ", so no more is fetched: " + e.getMessage()
                            + ".",
                    e);
        }
    }
}
