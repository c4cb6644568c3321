package dev.picket.agent.read;

import java.time.Duration;

/**
 * Which readings of a source that is behind are not judged. It is asked twice: by the source's thread, so that what is late
 * already fills no queue, and by the thread that would judge, since a reading may grow late among those before it.
 *
 * <pre>
 * wait                            every reading is judged
 * sample   younger than after     every reading is judged
 *          after, 2 after, …      one of 2, of 3, …, of 1000 at most; the others are dropped: sampled
 * skip     from after on          all are dropped: skipped, until one is younger than a tenth of after
 * </pre>
 *
 * Of readings that were one of n at first and are one of more when their turn comes, as many are left as if they had been
 * that at first. Nothing is kept across a restart: the ages say it anew. What was dropped has its outcome in the journal.
 */
final class CatchUp {
    private static final long MAX_N = 1_000;
    private static final int CAUGHT_UP = 10;

    private static final double WHOLE = 1 - 1e-9;

    private final Behind behind;
    private long oneOf = 1;
    private long dropped;
    private boolean skipping;
    private volatile String told = "";
    /** What follows belongs to those whose turn comes, and to this object's lock. */
    private boolean skippingTurns;

    private double due;
    private volatile String toldAtTurn = "";

    CatchUp(Behind behind) {
        this.behind = behind;
    }

    /** Why the next reading, of this age, is not to be judged; empty when it is. Only for the source's thread. */
    String reason(Duration age) {
        return switch (behind.rule()) {
            case WAIT -> "";
            case SAMPLE -> sampled(age);
            case SKIP -> skipped(age);
        };
    }

    private String sampled(Duration age) {
        oneOf = oneOf(age);
        told = told(oneOf);
        dropped++;
        if (dropped < oneOf) {
            return "sampled";
        }
        dropped = 0;
        return "";
    }

    private long oneOf(Duration age) {
        return age.compareTo(behind.after()) < 0 ? 1 : Math.min(MAX_N, 1 + age.dividedBy(behind.after()));
    }

    private static String told(long n) {
        return n == 1 ? "" : "judges 1 of " + n;
    }

    private String skipped(Duration age) {
        skipping = isSkipped(age, skipping);
        told = skipping ? "skips" : "";
        return skipping ? "skipped" : "";
    }

    private boolean isSkipped(Duration age, boolean already) {
        return age.compareTo(already ? behind.after().dividedBy(CAUGHT_UP) : behind.after()) >= 0;
    }

    /** Of how many the reading that was let through last is one. Only for the source's thread. */
    long oneOf() {
        return oneOf;
    }

    /**
     * The same when its turn has come. From any thread.
     *
     * @param oneOf what it was one of at first
     */
    synchronized String reasonAtTurn(Duration age, long oneOf) {
        return switch (behind.rule()) {
            case WAIT -> "";
            case SAMPLE -> sampledAtTurn(oneOf(age), oneOf);
            case SKIP -> {
                skippingTurns = isSkipped(age, skippingTurns);
                toldAtTurn = skippingTurns ? "skips" : "";
                yield skippingTurns ? "skipped" : "";
            }
        };
    }

    private String sampledAtTurn(long now, long before) {
        toldAtTurn = told(now);
        if (now <= before) {
            return "";
        }
        due += (double) before / now;
        if (due < WHOLE) {
            return "sampled";
        }
        due -= 1;
        return "";
    }

    /** What is done now, in words; empty when nothing is. May be asked from any thread. */
    String told() {
        String atTurn = toldAtTurn;
        return atTurn.isEmpty() ? told : atTurn;
    }
}
