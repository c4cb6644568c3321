package dev.picket.inference.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many runs go side by side; each is done by the thread that asked. A further one waits in its {@link Lane},
 * first come first served within it; who was asked for by somebody waits until its deadline at most, and only so many do.
 * Of the others no more come than there are threads that judge.
 *
 * <pre>
 * a run ends --> the first lane in which somebody waits goes
 *                but a lane that was passed over PATIENCE times in a row goes before all others
 * </pre>
 *
 * So no lane starves, however much the ones before it bring: of every {@code PATIENCE + 1} runs that end, one is its own.
 */
final class Workers implements AutoCloseable {
    private static final int PATIENCE = 4;

    /** One run. */
    interface Run<T, E extends Exception> {
        T run() throws E;
    }

    private static final class Waiter {
        private final Condition turn;
        private boolean granted;

        private Waiter(Condition turn) {
            this.turn = turn;
        }
    }

    private static final class Line {
        private final Deque<Waiter> waiters = new ArrayDeque<>();
        private int passedOver;
    }

    private final int mostWaiting;
    private final Alarms alarms = new Alarms();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Lane, Line> lines = new EnumMap<>(Lane.class);
    private int free;

    /**
     * @param runs side by side
     * @param mostWaiting of those that somebody asked for; a further one is refused
     */
    Workers(int runs, int mostWaiting) {
        this.free = runs;
        this.mostWaiting = mostWaiting;
        for (Lane lane : Lane.values()) {
            lines.put(lane, new Line());
        }
    }

    /**
     * Runs under this thread's turn once a run is free.
     *
     * @throws NoTurnException when its time was over before that, or too many wait already for somebody who asked
     */
    <T, E extends Exception> T run(Run<T, E> run) throws E {
        Turn turn = Turn.current();
        long start = System.nanoTime();
        acquire(turn);
        turn.waited(System.nanoTime() - start);
        try {
            if (!turn.isBounded()) {
                return run.run();
            }
            alarms.set(turn);
            try {
                return run.run();
            } finally {
                alarms.clear(turn);
            }
        } finally {
            release();
        }
    }

    private void acquire(Turn turn) {
        boolean interrupted = false;
        lock.lock();
        try {
            if (turn.isExpired()) {
                throw new NoTurnException("deadline", "Its time was over before this run.");
            }
            if (free > 0) {
                free--;
                return;
            }
            Deque<Waiter> line = line(turn.lane()).waiters;
            if (turn.isAsked() && line.size() >= mostWaiting) {
                throw new NoTurnException("busy", "Already " + line.size() + " texts wait for a run; ask again later.");
            }
            Waiter waiter = new Waiter(lock.newCondition());
            line.add(waiter);
            for (long left = turn.leftToWaitNanos(); !waiter.granted; left = turn.leftToWaitNanos()) {
                if (left <= 0) {
                    line.remove(waiter);
                    turn.expire();
                    throw new NoTurnException("deadline", "No run was free in its time.");
                }
                try {
                    waiter.turn.awaitNanos(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Hands the run to the next that waits, so that nobody who comes just now gets in between. */
    private void release() {
        lock.lock();
        try {
            Lane next = next();
            if (next == null) {
                free++;
                return;
            }
            for (Lane lane : Lane.values()) {
                Line line = line(lane);
                line.passedOver = lane == next || line.waiters.isEmpty() ? 0 : line.passedOver + 1;
            }
            Waiter waiter = line(next).waiters.remove();
            waiter.granted = true;
            waiter.turn.signal();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Lane next() {
        Lane first = null;
        for (Lane lane : Lane.values()) {
            Line line = line(lane);
            if (!line.waiters.isEmpty()) {
                if (line.passedOver >= PATIENCE) {
                    return lane;
                }
                first = first == null ? lane : first;
            }
        }
        return first;
    }

    private Line line(Lane lane) {
        Line line = lines.get(lane);
        if (line == null) {
            throw new IllegalStateException("No line for " + lane);
        }
        return line;
    }

    /** How many wait in a lane. */
    int waiting(Lane lane) {
        lock.lock();
        try {
            return line(lane).waiters.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        alarms.close();
    }
}
