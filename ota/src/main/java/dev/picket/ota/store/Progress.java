package dev.picket.ota.store;

import dev.picket.ota.release.InstalledSet;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** Follows a fetch for those who look on from other threads, told at most a few times a second. */
final class Progress {
    private static final long STEP_NANOS = 500_000_000L;

    private final LongSupplier nanoTime;
    private volatile Fetching now = Fetching.NOTHING;
    private LongConsumer listener = bytes -> {};
    private String set = "";
    private String place = "";
    private String waits = "";
    private long bytes;
    private long total;
    private long came;
    private long thrownAway;
    private long speed;
    private long sinceNanos;
    private long sinceCame;

    Progress(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    Fetching now() {
        return now;
    }

    /** Bytes that came since this start, and were kept at first. */
    long came() {
        return came;
    }

    void begin(InstalledSet what, LongConsumer toldBytes) {
        set = what.label();
        total = what.bytes();
        bytes = 0;
        speed = 0;
        waits = "";
        listener = toldBytes;
        sinceNanos = nanoTime.getAsLong();
        sinceCame = came;
        tell();
    }

    /** Files that lay here, or a part of one; negative when it was thrown away. */
    void here(long more) {
        bytes += more;
        tell();
    }

    void thrownAway(long less) {
        thrownAway++;
        here(-less);
    }

    void from(String where) {
        place = where;
        waits = "";
        tell();
    }

    /** Bytes that came now. */
    void came(int n) {
        bytes += n;
        came += n;
        long passed = nanoTime.getAsLong() - sinceNanos;
        if (passed >= STEP_NANOS) {
            long lately = (long) ((came - sinceCame) / (passed / 1e9));
            speed = speed == 0 ? lately : (3 * speed + lately) / 4;
            sinceNanos += passed;
            sinceCame = came;
            tell();
        }
    }

    void waits(String why) {
        waits = why;
        speed = 0;
        tell();
    }

    /** All is here, or none of it is wanted any more. */
    void end() {
        now = new Fetching("", 0, 0, 0, "", "", thrownAway);
        listener.accept(total);
    }

    private void tell() {
        now = new Fetching(set, bytes, total, speed, place, waits, thrownAway);
        listener.accept(bytes);
    }
}
