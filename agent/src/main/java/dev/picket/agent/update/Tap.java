package dev.picket.agent.update;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Where the serving path leaves what it answered, for a shadow to answer too. It never waits: what comes while the shadow
 * is behind is shed, and counted. Texts stay in memory and are gone with the tap.
 */
final class Tap {
    private final BlockingQueue<Live> waiting;
    private final LongAdder shed = new LongAdder();

    /** @param most texts that may wait */
    Tap(int most) {
        this.waiting = new ArrayBlockingQueue<>(most);
    }

    void judged(Live live) {
        if (!waiting.offer(live)) {
            shed.increment();
        }
    }

    /** The next one, null where none waits. */
    @Nullable
    Live poll() {
        return waiting.poll();
    }

    long shed() {
        return shed.sum();
    }
}
