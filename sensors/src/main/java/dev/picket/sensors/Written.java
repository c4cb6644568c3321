package dev.picket.sensors;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * When the bytes of one file that nobody has taken yet were written, at the latest. A file says when it was changed last,
 * and no more; so its size and that time are noted now and then, and a byte below a size that was seen was there then.
 *
 * <pre>
 * noted      size 100 changed 10:00      size 300 changed 10:05      size 900 changed 10:09
 * passed     120                         a byte at 120 was written by 10:05: it is that old at least
 * </pre>
 *
 * Asked from any thread. Nothing of it is kept: after a restart the oldest untaken byte counts from the file's last change.
 */
final class Written {
    private record Seen(long size, long modifiedMillis) {}

    private final int most;
    private final Deque<Seen> seen = new ArrayDeque<>();
    private String key = "";
    private long passed;

    /**
     * @param most notes that are kept; beyond it every second one goes, so ages come out too low rather than too high
     */
    Written(int most) {
        this.most = most;
    }

    /** Begins with another file. */
    synchronized void begin(FileState file, long offset) {
        key = file.key();
        passed = offset;
        seen.clear();
        see(file);
    }

    /** Notes a file's size and time; another file's change nothing. */
    synchronized void see(FileState file) {
        Seen last = seen.peekLast();
        long known = last == null ? passed : last.size;
        if (!file.key().equals(key) || file.size() <= known) {
            return;
        }
        if (seen.size() >= most) {
            boolean out = false;
            for (Iterator<Seen> each = seen.iterator(); each.hasNext(); out = !out) {
                each.next();
                if (out) {
                    each.remove();
                }
            }
        }
        seen.addLast(new Seen(file.size(), file.modifiedMillis()));
    }

    /** What lies before this byte is taken. */
    synchronized void pass(long offset) {
        passed = Math.max(passed, offset);
        while (!seen.isEmpty() && seen.getFirst().size <= passed) {
            seen.removeFirst();
        }
    }

    /** When the oldest byte that is not taken was written, at the latest; empty where all that was seen is taken. */
    synchronized Optional<Instant> oldest() {
        return Optional.ofNullable(seen.peekFirst()).map(each -> Instant.ofEpochMilli(each.modifiedMillis));
    }
}
