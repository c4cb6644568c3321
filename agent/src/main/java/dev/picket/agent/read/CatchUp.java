package dev.picket.agent.read;

import java.time.Duration;

/**
 * Which readings of a source that is behind are not judged. Only the source's thread decides.
 *
 * <pre>
 * wait                            every reading is judged
 * sample   younger than after     every reading is judged
 *          after, 2 after, …      one of 2, of 3, …, of 1000 at most; the others are dropped: sampled
 * skip     from after on          all are dropped: skipped, until one is younger than a tenth of after
 * </pre>
 *
 * Nothing is kept across a restart: the ages say it anew. What was dropped has its outcome in the journal.
 */
final class CatchUp {
    private static final long MAX_N = 1_000;
    private static final int CAUGHT_UP = 10;

    private final Behind behind;
    private long dropped;
    private boolean skipping;
    private volatile String told = "";

    CatchUp(Behind behind) {
        this.behind = behind;
    }

    /** Why the next reading, of this age, is not to be judged; empty when it is. */
    String reason(Duration age) {
        return switch (behind.rule()) {
            case WAIT -> "";
            case SAMPLE -> sampled(age);
            case SKIP -> skipped(age);
        };
    }

    private String sampled(Duration age) {
        long n = age.compareTo(behind.after()) < 0 ? 1 : Math.min(MAX_N, 1 + age.dividedBy(behind.after()));
        told = n == 1 ? "" : "judges 1 of " + n;
        dropped++;
        if (dropped < n) {
            return "sampled";
        }
        dropped = 0;
        return "";
    }

    private String skipped(Duration age) {
        Duration bound = skipping ? behind.after().dividedBy(CAUGHT_UP) : behind.after();
        skipping = age.compareTo(bound) >= 0;
        told = skipping ? "skips" : "";
        return skipping ? "skipped" : "";
    }

    /** What is done now, in words; empty when nothing is. May be asked from any thread. */
    String told() {
        return told;
    }
}
