package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import org.jspecify.annotations.Nullable;

/**
 * One text's way through a base: in which lane it waits, until when, and which native run it is in. It goes with the
 * thread, so that prompts and scorers between the question and its runs need not know of it.
 *
 * <pre>
 * waiting --a run is free--> running --its runs end--> over
 *    |                          |
 *    +------- deadline ---------+--> expired: the native run is told to terminate, a further one does not begin
 * </pre>
 *
 * Only of somebody who looks at the screen does the time go on while it waits. A reading that waits for other readings is
 * not at fault, nor is a Set on trial beside a busy one: for these a deadline bounds what they compute.
 */
final class Turn {
    private static final ScopedValue<Turn> CURRENT = ScopedValue.newInstance();
    private static final long NO_DEADLINE = Long.MAX_VALUE / 2;

    /** One piece of work that may fail. */
    interface Work<T, E extends Exception> {
        T run() throws E;
    }

    private final Lane lane;
    private final long begunNanos;
    private final long deadlineNanos;
    private long waitedNanos;
    private OrtSession.@Nullable RunOptions running;
    private boolean expired;

    /**
     * @param deadlineNanos from now until it expires
     */
    Turn(Lane lane, long deadlineNanos) {
        this.lane = lane;
        this.begunNanos = System.nanoTime();
        this.deadlineNanos = deadlineNanos;
    }

    /** The one that this thread has; where nobody gave it one, it waits for as long as it takes. */
    static Turn current() {
        return CURRENT.isBound() ? CURRENT.get() : new Turn(Lane.BACKGROUND, NO_DEADLINE);
    }

    /** Does the work under this turn. */
    <T, E extends Exception> T work(Work<T, E> work) throws E {
        return ScopedValue.where(CURRENT, this).<T, E>call(work::run);
    }

    Lane lane() {
        return lane;
    }

    boolean isBounded() {
        return deadlineNanos < NO_DEADLINE;
    }

    /** How long it may go on waiting for a run. */
    long leftToWaitNanos() {
        return isAsked() ? endNanos() - System.nanoTime() : NO_DEADLINE;
    }

    /** Whether somebody waits for it who has better things to do than to wait longer. */
    boolean isAsked() {
        return lane == Lane.INTERACTIVE;
    }

    /** When its time is over, by {@link System#nanoTime}, unless it waits again. */
    long endNanos() {
        return begunNanos + deadlineNanos + (isAsked() ? 0 : waitedNanos());
    }

    /** Notes that it has a run now. */
    synchronized void waited(long nanos) {
        waitedNanos += nanos;
    }

    /** How long it waited for its runs, which is no cost of its text. */
    synchronized long waitedNanos() {
        return waitedNanos;
    }

    /** A native run begins with these options; terminated at once when the time is over already. */
    synchronized void enter(OrtSession.RunOptions options) throws OrtException {
        running = options;
        if (expired) {
            options.setTerminate(true);
        }
    }

    /** The native run has ended; answers whether its options can be used again. */
    synchronized boolean leave() {
        running = null;
        return !expired;
    }

    /** The time is over. */
    synchronized void expire() {
        expired = true;
        if (running != null) {
            try {
                running.setTerminate(true);
            } catch (OrtException e) {
                throw new IllegalStateException("ONNX Runtime could not be told to terminate a run", e);
            }
        }
    }

    synchronized boolean isExpired() {
        return expired;
    }
}
