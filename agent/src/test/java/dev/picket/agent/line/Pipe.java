package dev.picket.agent.line;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One direction of a connection: what goes in comes out later, at the pace of the line. */
final class Pipe implements Runnable {
    /** What a router on the way would hold; who sends waits when it is full. */
    private static final int MAX_SEGMENTS = 64;

    @SuppressWarnings("ArrayRecordComponent") // bytes on their way, compared by nobody
    private record Segment(byte[] bytes, long dueNanos, long number) implements Comparable<Segment> {
        @Override
        public int compareTo(Segment other) {
            int due = Long.compare(dueNanos - other.dueNanos, 0);
            return due != 0 ? due : Long.compare(number, other.number);
        }
    }

    private final OutputStream out;
    private final Weather weather;
    private final long bytesPerSecond;
    private final Random random;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PriorityQueue<Segment> onTheWay = new PriorityQueue<>();
    private long numbers;
    private long lineFreeAt = System.nanoTime();
    private long lastDue = lineFreeAt;
    private long left = Long.MAX_VALUE;
    private boolean closed;

    Pipe(OutputStream out, Weather weather, long bytesPerSecond, Random random) {
        this.out = out;
        this.weather = weather;
        this.bytesPerSecond = bytesPerSecond;
        this.random = random;
    }

    /** After this many bytes more, everything is swallowed, while the connection seems to live. */
    void hushAfter(long bytes) {
        lock.lock();
        try {
            left = bytes;
        } finally {
            lock.unlock();
        }
    }

    /** In the order of the calls; waits while the line is full. */
    void send(byte[] bytes) throws InterruptedException {
        send(bytes, 0);
    }

    /** The same, held back on the way while what comes after it passes. */
    void send(byte[] bytes, long heldNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (onTheWay.size() >= MAX_SEGMENTS && !closed && heldNanos == 0) {
                changed.await();
            }
            long now = System.nanoTime();
            long cost = bytesPerSecond == 0
                    ? 0
                    : bytes.length * Duration.ofSeconds(1).toNanos() / bytesPerSecond;
            lineFreeAt = Math.max(now, lineFreeAt) + cost;
            long due = lineFreeAt + weather.latency().toNanos() / 2;
            if (weather.lost() > 0 && random.nextDouble() < weather.lost()) {
                due += weather.stall().toNanos();
            }
            lastDue = Math.max(lastDue, due);
            onTheWay.add(new Segment(bytes, lastDue + heldNanos, numbers++));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() {
        try {
            byte[] next = next();
            while (next != null) {
                out.write(next);
                out.flush();
                next = next();
            }
        } catch (IOException e) {
            // The other end is gone; who reads from it finds that, too.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private byte @Nullable [] next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed) {
                Segment first = onTheWay.peek();
                long wait = first == null ? Long.MAX_VALUE : first.dueNanos - System.nanoTime();
                if (first != null && wait <= 0) {
                    onTheWay.remove();
                    changed.signalAll();
                    return passing(first.bytes);
                }
                if (first == null) {
                    changed.await();
                } else {
                    changed.awaitNanos(wait);
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private byte[] passing(byte[] bytes) {
        int passing = (int) Math.min(bytes.length, left);
        if (left != Long.MAX_VALUE) {
            left -= passing;
        }
        return passing == bytes.length ? bytes : Arrays.copyOf(bytes, passing);
    }
}
