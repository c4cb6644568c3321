package dev.picket.agent.read;

import dev.picket.agent.journal.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Shows verdicts to whoever looks on, such as page and demo, once they are durable. It never makes the journal wait. */
public final class LiveVerdicts {
    private final Set<Viewer> viewers = ConcurrentHashMap.newKeySet();

    /** Somebody who looks on; too slow a one misses the oldest. */
    public final class Viewer implements AutoCloseable {
        private final BlockingQueue<Verdict> queue;
        private final AtomicLong missed = new AtomicLong();

        private Viewer(int capacity) {
            this.queue = new ArrayBlockingQueue<>(capacity);
        }

        /** The next verdict; null when none came in that time. */
        public @Nullable Verdict next(Duration patience) throws InterruptedException {
            return queue.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        }

        public long missed() {
            return missed.get();
        }

        @Override
        public void close() {
            viewers.remove(this);
        }

        private void show(Verdict verdict) {
            while (!queue.offer(verdict)) {
                if (queue.poll() != null) {
                    missed.incrementAndGet();
                }
            }
        }
    }

    /**
     * Looks on from now on, until closed.
     *
     * @param capacity how many verdicts may wait for the viewer
     */
    public Viewer watch(int capacity) {
        Viewer viewer = new Viewer(capacity);
        viewers.add(viewer);
        return viewer;
    }

    void show(List<Verdict> verdicts) {
        viewers.forEach(viewer -> verdicts.forEach(viewer::show));
    }
}
