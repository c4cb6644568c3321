package dev.picket.agent.read;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Readings that wait to be judged, in two lines, each bounded and in the order in which they came: those of sources of high
 * priority go first. After some of them in a row one of the others goes, so that these wait a bounded time whatever comes.
 */
final class ReadingQueue {
    private static final int HIGH_IN_A_ROW = 8;

    /** A line and its room. */
    private static final class Line {
        private final Deque<Item> items = new ArrayDeque<>();
        private final Condition room;

        private Line(Condition room) {
            this.room = room;
        }
    }

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition some = lock.newCondition();
    private final Line high = new Line(lock.newCondition());
    private final Line normal = new Line(lock.newCondition());
    /** High ones that went since one of the others did, while these waited. */
    private int inARow;

    /**
     * @param capacity of each line
     */
    ReadingQueue(int capacity) {
        this.capacity = capacity;
    }

    /** Waits while its line is full. */
    void put(Item item) throws InterruptedException {
        Line line = item.intake().route().high() ? high : normal;
        lock.lockInterruptibly();
        try {
            while (line.items.size() >= capacity) {
                line.room.await();
            }
            line.items.add(item);
            some.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The next one; null when none came in that time. */
    @Nullable
    Item poll(long millis) throws InterruptedException {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        lock.lockInterruptibly();
        try {
            while (high.items.isEmpty() && normal.items.isEmpty()) {
                if (left <= 0) {
                    return null;
                }
                left = some.awaitNanos(left);
            }
            Line line = next();
            Item item = line.items.remove();
            line.room.signal();
            return item;
        } finally {
            lock.unlock();
        }
    }

    private Line next() {
        inARow = high.items.isEmpty() || normal.items.isEmpty() ? 0 : inARow + 1;
        boolean turn = inARow > HIGH_IN_A_ROW;
        inARow = turn ? 0 : inARow;
        return high.items.isEmpty() || turn ? normal : high;
    }
}
